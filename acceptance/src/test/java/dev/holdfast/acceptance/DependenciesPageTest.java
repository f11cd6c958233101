package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** docs/dependencies.md has a line for everything that the parent pom names. */
class DependenciesPageTest {
    @Test
    void every_library_and_plugin_has_its_line() throws Exception {
        var pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("../pom.xml").toFile())
                .getDocumentElement();
        String page = Files.readString(Path.of("../docs/dependencies.md"));

        var artifacts = Stream.of("dependency", "plugin", "path")
                .flatMap(kind -> all(pom, kind))
                .filter(element -> !text(element, "groupId").equals("dev.holdfast"))
                .map(element -> text(element, "artifactId"))
                .distinct()
                .toList();
        assertThat(artifacts).hasSizeGreaterThan(20);
        assertThat(artifacts)
                .allSatisfy(name -> assertThat(page)
                        .as("a line on %s in docs/dependencies.md: what for, why this one, its weight", name)
                        .contains(name));
    }

    private static Stream<Element> all(Element root, String name) {
        var found = root.getElementsByTagName(name);
        return IntStream.range(0, found.getLength()).mapToObj(found::item).map(Element.class::cast);
    }

    /** The text of a direct child; empty if there is none. */
    private static String text(Element element, String child) {
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(child)) {
                return node.getTextContent().strip();
            }
        }
        return "";
    }
}
