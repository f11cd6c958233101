package dev.holdfast.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the compiler promises to users. */
class CompileTest {
    @TempDir
    Path classes;

    private List<String> errors(String statement) throws Exception {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var found = new DiagnosticCollector<JavaFileObject>();
        var source = new SimpleJavaFileObject(URI.create("string:///User.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return "class User { void body(dev.holdfast.sdk.Context ctx) { " + statement + " } }";
            }
        };
        try (var files = compiler.getStandardFileManager(found, null, StandardCharsets.UTF_8)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
            compiler.getTask(null, files, found, List.of("-proc:none"), null, List.of(source))
                    .call();
        }
        return found.getDiagnostics().stream()
                .filter(d -> d.getKind() == javax.tools.Diagnostic.Kind.ERROR)
                .map(d -> d.getMessage(null))
                .toList();
    }

    @Test
    void a_value_cannot_be_lost_through_the_short_form() throws Exception {
        assertThat(errors("var x = ctx.step(\"n\", s -> { System.out.println(s.key()); });"))
                .isNotEmpty();
        assertThat(errors("var x = ctx.step(\"n\", s -> 5);")).isNotEmpty();
        assertThat(errors("ctx.step(\"n\", s -> { return 5; });")).isNotEmpty();
    }

    @Test
    void the_forms_that_are_meant_compile() throws Exception {
        assertThat(errors("ctx.step(\"n\", s -> System.out.println(s.key()));")).isEmpty();
        assertThat(errors("int x = ctx.step(\"n\", Integer.class, s -> 5);")).isEmpty();
        assertThat(errors("var x = ctx.step(dev.holdfast.sdk.Step.named(\"n\", String.class), s -> s.key());"))
                .isEmpty();
    }
}
