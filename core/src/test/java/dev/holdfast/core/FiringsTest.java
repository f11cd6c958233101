package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens on the days on which the clocks are changed, and what is made up for. */
class FiringsTest {
    private static final String BERLIN = "Europe/Berlin";
    /** 02:00 becomes 03:00 at 01:00Z. */
    private static final String SPRING = "2026-03-28T23:00:00Z";
    /** 03:00 becomes 02:00 at 01:00Z. */
    private static final String AUTUMN = "2026-10-24T22:00:00Z";

    private static Firings firings(String cron, String zone) {
        return new Firings(Cron.parse(cron), ZoneId.of(zone));
    }

    /** The local times, with their offsets, of the firings from an instant on. */
    private static List<String> from(String cron, String zone, String instant, int count) {
        var firings = firings(cron, zone);
        var all = new ArrayList<String>();
        Instant at = Instant.parse(instant).minusMillis(1);
        for (int i = 0; i < count; i++) {
            at = firings.after(at);
            var shown = at.atZone(firings.zone());
            all.add(shown.toLocalTime() + " " + shown.getOffset());
        }
        return all;
    }

    @Test
    void aTimeThatTheClocksLeaveOutFiresWhenTheyWerePutForward() {
        assertThat(from("30 2 * * *", BERLIN, SPRING, 2)).containsExactly("03:00 +02:00", "02:30 +02:00");
        assertThat(from("15,30,45 2 * * *", BERLIN, SPRING, 2)).containsExactly("03:00 +02:00", "02:15 +02:00");
        assertThat(from("0 2,3 * * *", BERLIN, SPRING, 2)).as("once").containsExactly("03:00 +02:00", "02:00 +02:00");
        assertThat(from("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T14:00:00Z", 2))
                .containsExactly("02:30 +11:00", "02:15 +11:00");
    }

    @Test
    void aTimeThatTheClocksShowTwiceFiresTheFirstTime() {
        assertThat(from("30 2 * * *", BERLIN, AUTUMN, 2)).containsExactly("02:30 +02:00", "02:30 +01:00");
        assertThat(firings("30 2 * * *", BERLIN).after(Instant.parse("2026-10-25T00:30:00Z")))
                .isEqualTo("2026-10-26T01:30:00Z");
        assertThat(firings("30 2 * * *", BERLIN).after(Instant.parse("2026-10-25T01:00:00Z")))
                .as("asked at the change itself")
                .isEqualTo("2026-10-26T01:30:00Z");
        assertThat(from("0 */2 * * *", BERLIN, AUTUMN, 3))
                .containsExactly("00:00 +02:00", "02:00 +02:00", "04:00 +01:00");
    }

    @Test
    void whatFiresInEveryHourGoesByTheTimeThatPasses() {
        for (String day : List.of(SPRING, AUTUMN)) {
            for (String cron : List.of("*/15 * * * *", "0 * * * *", "30 * * * *", "7 0-23 * * *")) {
                var firings = firings(cron, BERLIN);
                Instant at = firings.after(Instant.parse(day));
                Duration pace = cron.startsWith("*/15") ? Duration.ofMinutes(15) : Duration.ofHours(1);
                for (int i = 0; i < 24; i++) {
                    assertThat(firings.after(at)).as(cron).isEqualTo(at.plus(pace));
                    at = at.plus(pace);
                }
            }
        }
        assertThat(from("0 * * * *", "Australia/Lord_Howe", "2026-10-03T14:30:00Z", 3))
                .as("a change by half an hour")
                .containsExactly("01:00 +10:30", "02:30 +11:00", "03:00 +11:00");
    }

    @Test
    void aDayThatAZoneLeavesOutIsMadeUpForWhenItIsOver() {
        assertThat(firings("0 9 30 12 *", "Pacific/Apia").after(Instant.parse("2011-12-01T00:00:00Z")))
                .as("there was no 30th of December in Samoa")
                .isEqualTo("2011-12-30T10:00:00Z");
    }

    @Test
    void leapDaysAreFound() {
        assertThat(firings("0 0 29 2 *", BERLIN).after(Instant.parse("2096-03-01T00:00:00Z")))
                .isEqualTo("2104-02-28T23:00:00Z");
    }

    private static Firings.Due due(Missed missed, String next, String now) {
        return firings("0 * * * *", "UTC").due(Instant.parse(next), missed, Instant.parse(now), 3);
    }

    private static Firings.Due fires(String next, String... firings) {
        return new Firings.Due(
                java.util.Arrays.stream(firings).map(Instant::parse).toList(), Instant.parse(next));
    }

    @Test
    void whatIsOnTimeFiresWhateverIsDeclared() {
        for (Missed missed : Missed.values()) {
            assertThat(due(missed, "2026-01-01T05:00:00Z", "2026-01-01T05:00:10Z"))
                    .isEqualTo(fires("2026-01-01T06:00:00Z", "2026-01-01T05:00:00Z"));
        }
    }

    @Test
    void whatWasMissedIsMadeUpForAsDeclared() {
        String next = "2026-01-01T05:00:00Z";
        String now = "2026-01-01T09:30:00Z";
        assertThat(due(Missed.SKIP, next, now)).isEqualTo(fires("2026-01-01T10:00:00Z"));
        assertThat(due(Missed.LATEST, next, now)).isEqualTo(fires("2026-01-01T10:00:00Z", "2026-01-01T09:00:00Z"));
        assertThat(due(Missed.ALL, next, now))
                .as("the oldest first, and not too many at once")
                .isEqualTo(fires("2026-01-01T08:00:00Z", next, "2026-01-01T06:00:00Z", "2026-01-01T07:00:00Z"));
        assertThat(due(Missed.ALL, "2026-01-01T08:00:00Z", now))
                .isEqualTo(fires("2026-01-01T10:00:00Z", "2026-01-01T08:00:00Z", "2026-01-01T09:00:00Z"));
    }

    @Test
    void theNewestOfAYearOfSecondsIsFoundAtOnce() {
        var due = firings("* * * * JAN *", "UTC")
                .due(Instant.parse("2025-01-01T00:00:00Z"), Missed.LATEST, Instant.parse("2026-12-31T00:00:00Z"), 1);
        assertThat(due).isEqualTo(fires("2027-01-01T00:00:00Z", "2026-01-31T23:59:59Z"));
    }

    @Test
    void aZoneThatIsNoneIsRefused() {
        assertThatThrownBy(() -> Firings.zone("Europe/Atlantis"))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("zone_unknown"))
                .hasMessageContaining("Europe/Atlantis");
    }
}
