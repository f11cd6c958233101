package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.holdfast.testkit.ProcessTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Without the cache nothing fails and everything takes longer: somebody has to notice. */
@ProcessTest
class StartCacheTest {
    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void what_is_started_comes_from_the_cache() throws Exception {
        assumeThat(StartCache.named()).as("the build names a cache").isPresent();
        assumeThat(StartCache.isInJars()).as("the product is in jars").isTrue();
        stage.serveWith("-Xlog:class+load:file=" + stage.folder().resolve("loaded"));

        assertThat(stage.folder().resolve("loaded"))
                .content()
                .contains("dev.holdfast.cli.Main source: shared objects file");
    }
}
