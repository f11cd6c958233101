package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

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
}
