package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Cron;
import dev.holdfast.core.Firings;
import dev.holdfast.core.Namespace;
import dev.holdfast.engine.port.StoredSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a run is like that a schedule has started: two tags say by which one it was, and for when it was planned. */
final class Fired {
    /** Before the name of the schedule. */
    static final String TAG = "schedule:";

    private Fired() {}

    static Firings firings(StoredSchedule.Definition definition) {
        return new Firings(Cron.parse(definition.cron()), Firings.zone(definition.zone()));
    }

    static StartRequest wish(Namespace namespace, String name, StoredSchedule.Definition definition, Instant at) {
        var timing = new Command.Timing(Duration.ZERO, definition.ttl(), Duration.ZERO);
        var options =
                new StartRequest.Options(timing, null, List.of(TAG + name, Firings.AT_TAG + at), definition.lane());
        return new StartRequest(namespace, definition.task(), definition.input(), StartRequest.Identity.NONE, options);
    }
}
