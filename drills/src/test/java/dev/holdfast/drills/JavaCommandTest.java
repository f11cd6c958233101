package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaCommandTest {
    @Test
    void a_child_starts_as_the_launcher_starts_a_server() {
        // As ./holdfast gives them; a child without one of them could not use the cache.
        assertThat(List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseG1GC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:+UseTransparentHugePages",
                        "-XX:-UseTransparentHugePages",
                        "-XX:AOTCache=a.aot",
                        "-Xlog:aot*=off",
                        "-Xlog:cds*=off"))
                .allMatch(JavaCommand::isForChildren);
        assertThat(List.of("-XX:AOTCacheOutput=a.aot", "-javaagent:a.jar", "-Dseed=1", "-agentlib:jdwp"))
                .noneMatch(JavaCommand::isForChildren);
    }

    @Test
    void jars_come_first_as_a_cache_knows_nothing_else(@TempDir Path folder) throws IOException {
        String jar = Files.createFile(folder.resolve("a.jar")).toString();
        String other = Files.createFile(folder.resolve("0.jar")).toString();
        String classes = Files.createDirectory(folder.resolve("classes")).toString();
        String none = folder.resolve("none").toString();

        assertThat(JavaCommand.foldersLast(String.join(File.pathSeparator, none, jar, classes, other))
                        .split(File.pathSeparator, -1))
                .containsExactly(jar, other, none, classes);
    }
}
