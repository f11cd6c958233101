package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The files of the pages and of the module for browsers. */
class PagesTest {
    private final Server server = Server.open(ServerOptions.onPort(0));
    private final Http http = new Http(server.url());

    @AfterEach
    void close() {
        http.close();
        server.close();
    }

    /** Pages of others may import the module, with all that it imports. */
    @Test
    void whatAScriptImportsIsServedToWhomTheScriptIs() throws Exception {
        var imported = Pattern.compile("^(?:im|ex)port .* from '([^']+)'", Pattern.MULTILINE);
        var known = new HashSet<>(Set.of("/page/page.js", "/holdfast.js"));
        for (var next = new ArrayDeque<>(known); !next.isEmpty(); ) {
            String name = next.remove();
            var script = http.get(name);
            assertThat(script.status()).as(name).isEqualTo(200);
            assertThat(script.header("Content-Type")).startsWith("text/javascript");
            boolean isOfModule = name.startsWith("/holdfast");
            assertThat(script.header("Access-Control-Allow-Origin")).isEqualTo(isOfModule ? "*" : "");
            for (var found = imported.matcher(script.body()); found.find(); ) {
                String path = URI.create(name).resolve(found.group(1)).getPath();
                assertThat(path).as("imported by " + name).startsWith(isOfModule ? "/holdfast/" : "/");
                if (known.add(path)) next.add(path);
            }
        }
        assertThat(known).contains("/holdfast/line.js", "/page/turn.js").hasSizeGreaterThan(15);
    }
}
