package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.Strike.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the drill of streams makes of what it has seen. */
class StreamFindingsTest {
    private ServerProcess process;

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
    void a_node_that_keeps_what_it_recites_is_found() {
        var rounds = List.of(hit(Kind.KILL, Piece.Kind.STEPS), hit(Kind.TERM, Piece.Kind.BETWEEN));

        assertThat(StreamFindings.kept(rounds, Set.of(Kind.KILL))).containsExactly(Kind.TERM);
        assertThat(StreamFindings.kept(rounds, Set.of(Kind.KILL, Kind.TERM))).isEmpty();
    }

    @Test
    void what_may_just_have_ended_need_not_go_on() {
        assertThat(StreamFindings.kept(List.of(hit(Kind.KILL, Piece.Kind.PARALLEL)), Set.of()))
                .isEmpty();
    }

    @Test
    void what_is_done_to_nats_lets_its_nodes_keep_everything() {
        var nats = new StreamTakeover.Round(Strike.now(Kind.NATS, null), List.of(piece(Piece.Kind.STEPS)), List.of());

        assertThat(StreamFindings.kept(List.of(nats), Set.of())).isEmpty();
    }

    private StreamTakeover.Round hit(Kind kind, Piece.Kind struck) {
        var node = new Node("a", process, new Api(URI.create("http://none")));
        var pieces = List.of(piece(struck));
        return new StreamTakeover.Round(Strike.now(kind, node, 1), pieces, pieces);
    }

    private static Piece piece(Piece.Kind kind) {
        return new Piece(kind, "run_1");
    }
}
