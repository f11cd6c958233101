package dev.holdfast.server;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * For how long a link is to be good.
 *
 * @param ttl more than none, and not more than {@link Defaults#LONGEST_LINK}
 */
record LinkBody(Duration ttl) {
    private static final String FIELDS = "ttl";

    /** @throws Refused {@code json_malformed}, {@code field_unknown}, {@code field_invalid} */
    static LinkBody parse(String json) {
        return Body.read(json, in -> new Reading(in).body());
    }

    private static final class Reading {
        private final JsonParser in;
        private Duration ttl = Defaults.LINK;

        Reading(JsonParser in) {
            this.in = in;
        }

        LinkBody body() {
            Body.object(in, FIELDS, this::field);
            return new LinkBody(ttl);
        }

        private void field(String name, JsonToken value) {
            if (!name.equals("ttl")) throw Body.unknown(name, FIELDS);
            @Nullable String text = Body.string(in, name, value);
            if (text == null) return;
            ttl = Durations.parse(name, text);
            if (ttl.isZero() || ttl.compareTo(Defaults.LONGEST_LINK) > 0) {
                throw new Refused(
                        "field_invalid",
                        "'ttl' is '" + Text.shown(text) + "': a link is good for some time, and for "
                                + Defaults.LONGEST_LINK.toDays() + "d at most");
            }
        }
    }
}
