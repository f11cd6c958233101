package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeTest {
    @Test
    void counts_words_by_frequency_and_then_by_name(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("a.md"), "Tide and wind, wind and tide; Quay.");
        Files.writeString(folder.resolve("b.md"), "and");
        Files.writeString(folder.resolve("c.txt"), "never never never never");

        assertThat(Tree.counted(folder, ".md"))
                .isEqualTo(
                        "{\"files\":2,\"words\":8,\"top\":[{\"word\":\"and\",\"count\":3},"
                                + "{\"word\":\"tide\",\"count\":2},{\"word\":\"wind\",\"count\":2},{\"word\":\"quay\",\"count\":1}]}");
    }

    @Test
    void the_same_seed_writes_the_same_files(@TempDir Path folder) {
        Tree.generate(folder.resolve("a"), 25, new Random(1));
        Tree.generate(folder.resolve("b"), 25, new Random(1));

        assertThat(Tree.counted(folder.resolve("a"), ".md"))
                .isEqualTo(Tree.counted(folder.resolve("b"), ".md"))
                .startsWith("{\"files\":25,");
    }
}
