package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.holdfast.acceptance.SourceTree.Result;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher on a copy of this source tree, whose command is replaced by one that says which code it is. */
class LauncherTest {
    private static final String BUILDING = "building cli";
    private static final Map<String, String> SHOW_CLASSES = Map.of("HOLDFAST_JAVA_OPTS", "-Xlog:class+load");
    private static final String FROM_CACHE = "dev.holdfast.cli.Main source: shared objects file";

    @TempDir
    Path folder;

    @Test
    @ProcessTest
    void runs_the_sources_as_they_are_now() throws Exception {
        var tree = SourceTree.copyTo(folder.resolve("tree"));
        tree.commandSays("one");

        buildOnce(tree.start(Map.of(), "a", "b c"), tree.start(Map.of(), "a", "b c"));

        Result again = tree.holdfast();
        assertThat(again.out()).startsWith("one");
        assertThat(again.err()).as("nothing changed, nothing to say").isEmpty();

        assertThat(tree.holdfast(SHOW_CLASSES).out()).as("a client command").contains(FROM_CACHE);
        assertThat(tree.holdfast(SHOW_CLASSES, "dev").out())
                .as("a server command")
                .contains(FROM_CACHE);

        // From now on git says what belongs to it; before, as in an archive, all that is no product did.
        tree.makeRepository();
        tree.commandSays("two");
        tree.addResource("note.txt");
        assertThat(tree.holdfast().out()).as("a changed source").startsWith("two [] note=true");
        assertThat(tree.holdfast(SHOW_CLASSES).out())
                .as("a cache of the new jars")
                .contains(FROM_CACHE, "two [] note=true");

        tree.removeResource("note.txt");
        assertThat(tree.holdfast().out()).as("a deleted resource").startsWith("two [] note=false");

        tree.addResource("note.txt");
        Result back = tree.holdfast();
        assertThat(back.out()).as("sources that were built before").startsWith("two [] note=true");
        assertThat(back.err()).as("their jars are still there").isEmpty();
    }

    /** Two at once: one builds, and the other one waits for that. */
    private static void buildOnce(SourceTree.Started one, SourceTree.Started other) throws Exception {
        var results = List.of(one.result(), other.result());
        for (Result each : results) {
            assertThat(each.out()).isEqualToIgnoringNewLines("one [a, b c] note=false");
            assertThat(each.code()).isEqualTo(7);
        }
        var built = results.stream().map(Result::err).filter(err -> err.contains(BUILDING));
        assertThat(built).singleElement(STRING).contains("building core");
    }

    @Test
    @ProcessTest
    void broken_sources_start_nothing_and_name_the_log() throws Exception {
        var tree = SourceTree.copyTo(folder.resolve("tree"));
        tree.write("core/src/main/java/dev/holdfast/core/Broken.java", "package dev.holdfast.core; class Broken {");

        Result broken = tree.holdfast();
        assertThat(broken.code()).isEqualTo(1);
        assertThat(broken.out()).isEmpty();
        assertThat(broken.err()).contains("Broken.java", "the build failed", ".holdfast-build/build.log");
        assertThat(tree.path(".holdfast-build/build.log")).content().contains("reached end of file while parsing");
    }

    @Test
    @ProcessTest
    void refuses_a_jdk_that_is_too_old() throws Exception {
        var tree = SourceTree.copyTo(folder.resolve("tree"));
        Path old = jdk("17.0.15");

        Result refused = tree.holdfast(Map.of("HOLDFAST_JAVA_HOME", old.toString()));
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("HOLDFAST_JAVA_HOME is " + old, "a JDK 17", "needs 25 or later");
        assertThat(tree.path(".holdfast-build")).as("nothing was begun").doesNotExist();
    }

    @Test
    @ProcessTest
    void takes_a_jdk_by_its_release_file() throws Exception {
        assumeThat(Files.exists(Path.of("/bin/sh"))).isTrue();
        var tree = SourceTree.copyTo(folder.resolve("tree"));
        // The build asks this JDK for nothing before Maven starts; a wrapper that is not there stops it at once.
        Files.delete(tree.path("mvnw"));
        Path early = jdk("26-ea");

        Result tried =
                tree.holdfast(Map.of("JAVA_HOME", jdk("21.0.2").toString(), "HOLDFAST_JAVA_HOME", early.toString()));
        assertThat(tried.err()).contains("the build failed").doesNotContain("JDK 26", "not a JDK");
    }

    @Test
    void needs_no_home() throws Exception {
        var tree = SourceTree.copyTo(folder.resolve("tree"));
        Files.delete(tree.path("mvnw"));

        Result tried = tree.holdfastWithoutHome(Map.of("JAVA_HOME", jdk("26-ea").toString()));
        assertThat(tried.err()).contains("the build failed").doesNotContain("HOME", "unbound");
    }

    /** A folder that looks like a JDK. Its programs say that they were run, which nobody should do. */
    private Path jdk(String version) throws IOException {
        Path home = folder.resolve("jdk-" + version);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        for (String program : new String[] {"java", "javac"}) {
            Path file = home.resolve("bin").resolve(program);
            Files.writeString(file, "#!/bin/sh\necho this JDK was run >&2\nexit 9\n");
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        return home;
    }
}
