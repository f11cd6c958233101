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
    void a_spread_names_what_was_measured() {
        assertThat(Spread.of(List.of())).isEqualTo(new Spread(0, 0, 0, 0));
        assertThat(Spread.of(List.of(3L, 1L, 2L))).isEqualTo(new Spread(3, 2, 3, 3));
    }
}
