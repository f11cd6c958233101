package dev.holdfast.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.NoRetry;
import dev.holdfast.examples.WordCount.Word;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordCountTest {
    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        write("top.md", "Hello, hello World");
        write("a/b/deep.md", "ein Über-Fall: über 3 Fälle");
        write("a/other.txt", "");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void finds_files_at_the_top_and_below_sorted() throws IOException {
        assertThat(FileList.of(folder, "**/*")).containsExactly("a/b/deep.md", "a/other.txt", "top.md");
        assertThat(FileList.of(folder, "**/*.md")).containsExactly("a/b/deep.md", "top.md");
        assertThat(FileList.of(folder, "*.md")).containsExactly("top.md");
        assertThat(FileList.of(folder, "a/**")).containsExactly("a/b/deep.md", "a/other.txt");
    }

    @Test
    void a_missing_folder_is_final_and_named() {
        assertThatThrownBy(() -> FileList.of(folder.resolve("none"), "*"))
                .isInstanceOf(NoRetry.class)
                .hasMessageContaining("none");
    }

    @Test
    void a_bad_glob_is_no_input() {
        for (String glob : new String[] {"a{b", "**/[", "\\"}) {
            assertThatThrownBy(() -> new WordCount.Input("docs", glob, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + glob + "'");
        }
    }

    @Test
    void words_are_letters_in_lower_case() throws IOException {
        assertThat(Tally.of(folder.resolve("a/b/deep.md")))
                .isEqualTo(new Tally(5, Map.of("ein", 1L, "über", 2L, "fall", 1L, "fälle", 1L)));
        assertThat(Tally.of(folder.resolve("a/other.txt"))).isEqualTo(new Tally(0, Map.of()));
    }

    @Test
    void bytes_that_are_no_text_are_no_words() throws IOException {
        Files.write(folder.resolve("binary"), "abc\0def\uFFFF".getBytes(StandardCharsets.UTF_16BE));
        Files.write(folder.resolve("latin"), new byte[] {'a', (byte) 0xE4, 'b'});
        assertThat(Tally.of(folder.resolve("binary")).words()).isEqualTo(6);
        assertThat(Tally.of(folder.resolve("latin")).counts()).isEqualTo(Map.of("a", 1L, "b", 1L));
    }

    @Test
    void the_top_is_by_count_and_then_by_word() {
        assertThat(WordCount.top(Map.of("b", 2L, "a", 2L, "c", 3L)))
                .containsExactly(new Word("c", 3), new Word("a", 2), new Word("b", 2));
    }

    @Test
    void the_name_of_a_step_is_allowed_whatever_the_file_is_called() {
        assertThat(WordCount.stepName("a\nb" + "x".repeat(400) + "end.md"))
                .hasSizeLessThanOrEqualTo(200)
                .endsWith("end.md");
        assertThat(WordCount.stepName("a\nb")).isEqualTo("count a\uFFFDb");
    }
}
