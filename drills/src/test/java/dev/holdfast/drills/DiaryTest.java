package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiaryTest {
    @TempDir
    Path folder;

    /** Of runs of two beats. */
    private Diary diary(String told) throws IOException {
        return new Diary(Files.writeString(folder.resolve("diary.log"), told), 2);
    }

    @Test
    void is_read_while_it_is_written() throws IOException {
        Path file = folder.resolve("diary.log");
        var diary = new Diary(file, 2);
        assertThat(diary.entries()).isEmpty();

        Files.writeString(file, "begin a 1 1 10 100\nend a 1 1");
        assertThat(diary.entries()).hasSize(1);
        Files.writeString(file, " 10 200\nbegin b 1 1 20 250\n", StandardOpenOption.APPEND);

        assertThat(diary.entries()).hasSize(3);
        assertThat(diary.byRun()).containsOnlyKeys("a", "b");
        assertThat(diary.activeSince(100)).isEqualTo(Set.of(20L));
    }

    @Test
    void in_flight_is_what_was_there_then_and_has_more_to_do() throws IOException {
        var diary = diary("""
                begin a 1 1 10 100
                begin b 2 1 10 100
                end b 2 1 10 150
                begin c 1 1 20 160
                begin a 1 3 20 300
                """);

        assertThat(diary.inFlight(10, 200)).containsOnlyKeys("a");
        assertThat(diary.inFlight(10, 400)).isEmpty();
        assertThat(diary.inFlight(20, 400)).containsOnlyKeys("c", "a");
    }

    @Test
    void what_has_most_of_its_beats_behind_it_may_have_ended_when_its_node_is_hit() throws IOException {
        var diary = diary("""
                begin a 1 1 10 100
                begin b 2 1 20 100
                """);

        assertThat(diary.isBusy(10)).isTrue();
        assertThat(diary.isBusy(20)).isFalse();
        assertThat(diary.isInFlight(20)).isTrue();
    }

    @Test
    void a_late_sign_of_an_old_epoch_keeps_nobody_from_having_gone_on() throws IOException {
        var diary = diary("""
                begin a 1 1 10 100
                begin a 1 3 20 300
                stays a 1 1 10 310
                left a 1 1 10 320
                """);

        assertThat(diary.inFlight(10, 400)).isEmpty();
        assertThat(diary.lastOf(10, diary.inFlight(10, 200)).values())
                .singleElement()
                .satisfies(last -> assertThat(last.micros()).isEqualTo(320));
    }

    @Test
    void code_that_does_not_tell_that_it_has_left_is_told_from_what_has_ended_by_itself() throws IOException {
        var diary = diary("""
                begin silent 1 1 10 100
                begin left 1 1 10 100
                begin stays 1 1 10 100
                begin ended 2 1 10 100
                begin half 1 1 10 100
                end ended 2 1 10 210
                left left 1 1 10 220
                stays stays 1 1 10 230
                end half 1 1 10 240
                """);

        assertThat(diary.untold(10, 200)).containsOnlyKeys("silent", "half");
    }

    @Test
    void what_a_killed_process_has_half_written_is_left_out() throws IOException {
        var diary = diary("begin a 1 1 10 100\nend a 1begin b 1 1 20 200\n");

        assertThat(diary.entries()).extracting(Diary.Entry::run).containsExactly("a", "b");
        assertThat(diary.broken(Set.of(10L))).isEmpty();
        assertThat(diary.broken(Set.of())).singleElement().asString().contains("'end a 1'", "nobody was killed");
    }

    /** A process that is killed writes nothing more, so it leaves one such line and it is its last. */
    @Test
    void each_that_was_killed_has_half_written_its_last_line_at_most() throws IOException {
        String half = "begin a 1 1 10 100\nend a 1begin b 1 1 20 200\n";
        assertThat(diary(half + "begin a 2 1 10 300\n").broken(Set.of(10L))).hasSize(1);
        assertThat(diary(half + "end b 1begin c 1 1 30 300\n").broken(Set.of(10L)))
                .singleElement()
                .asString()
                .contains("'end b 1'");
        assertThat(diary(half + "end b 1begin c 1 1 30 300\n").broken(Set.of(10L, 20L)))
                .isEmpty();
    }

    @Test
    void a_half_line_that_names_its_process_is_of_no_other() throws IOException {
        for (String half : List.of("end a 1 1 10", "end a 1 1 10 ", "end a 1 1 10 100")) {
            var diary = diary(half + "begin b 1 1 20 200\n");
            assertThat(diary.entries()).hasSize(1);
            assertThat(diary.broken(Set.of(10L))).as(half).isEmpty();
            assertThat(diary.broken(Set.of(11L, 20L))).as(half).hasSize(1);
        }
        assertThat(diary("end a 1 1 1begin b 1 1 20 200\n").broken(Set.of(10L))).isEmpty();
    }

    @Test
    void nobody_comes_after_the_last_half_line() throws IOException {
        var diary = diary("begin a 1 1 10 100\nend a 1 1");
        assertThat(diary.entries()).hasSize(1);
        assertThat(diary.broken(Set.of(10L))).isEmpty();
        assertThat(diary.broken(Set.of())).hasSize(1);
    }

    @Test
    void what_is_no_beginning_of_a_line_is_nobodys() throws IOException {
        for (String other : List.of("", "what is this", "end a 1 1 ten 100", "ends a", "begin a 1 1 10 100 7")) {
            assertThat(diary(other + "\nbegin b 1 1 20 200\n").broken(Set.of(10L, 20L)))
                    .as(other)
                    .hasSize(1);
        }
        // Nobody has gone on behind it, so it was written as a whole.
        assertThat(diary("end a 1\nbegin b 1 1 20 200\n").broken(Set.of(10L))).hasSize(1);
    }

    @Test
    void a_spread_names_what_was_measured() {
        assertThat(Spread.of(List.of())).isEqualTo(new Spread(0, 0, 0, 0));
        assertThat(Spread.of(List.of(3L, 1L, 2L))).isEqualTo(new Spread(3, 2, 3, 3));
    }
}
