package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which node the drill of streams breaks. */
class ConcertTest {
    private ServerProcess process;
    private final Map<Node, List<Piece>> recited = new LinkedHashMap<>();

    @BeforeEach
    void start(@TempDir Path folder) {
        process = ServerProcess.start(
                new ServerProcess.Setup(folder, 0, folder.resolve("log"), List.of("sh", "-c", "exec sleep 60")));
    }

    @AfterEach
    void end() {
        process.close();
    }

    @Test
    void who_sends_between_steps_is_broken_whatever_others_recite() {
        node("a", Piece.Kind.STEPS, Piece.Kind.PARALLEL, Piece.Kind.FAILING);
        Node between = node("b", Piece.Kind.BETWEEN);
        node("c", Piece.Kind.SILENT, Piece.Kind.CANCELLED);

        assertThat(Concert.reciter(recited)).isEqualTo(between);
    }

    @Test
    void otherwise_it_is_who_recites_most() {
        node("a");
        Node most = node("b", Piece.Kind.STEPS, Piece.Kind.PARALLEL);
        node("c", Piece.Kind.SILENT);

        assertThat(Concert.reciter(recited)).isEqualTo(most);
    }

    private Node node(String label, Piece.Kind... kinds) {
        var node = new Node(label, process, new Api(URI.create("http://none")));
        recited.put(node, Stream.of(kinds).map(kind -> new Piece(kind, "run_1")).toList());
        return node;
    }
}
