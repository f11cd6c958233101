package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.tools.ToolProvider;

/**
 * A class of the product with one guard taken out, compiled from a changed copy of its source. Put in front of the class
 * path, it is what a process runs. The product itself has no switch for that.
 *
 * @param source of the class, from the root of the repository
 * @param guard the text that is the guard
 * @param without what stands there instead
 */
record Sabotage(String source, String guard, String without) {
    /** A class path on which all these guards are missing. */
    static String classPath(Path folder, Sabotage... all) throws IOException {
        String classPath = "";
        for (Sabotage each : all) classPath = each.classPath(folder);
        return classPath;
    }

    /** A class path on which the guard is missing. */
    String classPath(Path folder) throws IOException {
        Path original = Path.of("..").resolve(source);
        String text = Files.readString(original);
        assertThat(text)
                .as("the guard is where this test looks for it, in " + source)
                .contains(guard);
        Path copy = folder.resolve("source").resolve(original.getFileName());
        Files.createDirectories(copy.getParent());
        Files.writeString(copy, text.replace(guard, without));
        Path classes = Files.createDirectories(folder.resolve("classes"));
        String behind = System.getProperty("java.class.path");
        compile(copy, classes, behind);
        return classes + File.pathSeparator + behind;
    }

    private static void compile(Path source, Path classes, String classPath) throws IOException {
        var compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK has a compiler");
        var said = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            said,
                            files,
                            null,
                            List.of("-proc:none", "-nowarn", "-cp", classPath, "-d", classes.toString()),
                            null,
                            files.getJavaFileObjects(source))
                    .call();
            assertThat(compiled).as("compiling %s: %s", source, said).isTrue();
        }
    }
}
