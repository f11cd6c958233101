package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which node the drill of streams breaks. */
class ConcertTest {
    @Test
    void who_sends_between_steps_is_broken_whatever_others_recite() {
        var recited = Map.of(
                "a", pieces(Piece.Kind.STEPS, Piece.Kind.PARALLEL, Piece.Kind.FAILING),
                "b", pieces(Piece.Kind.BETWEEN),
                "c", pieces(Piece.Kind.SILENT, Piece.Kind.CANCELLED));

        assertThat(Concert.reciter(recited)).isEqualTo("b");
    }

    @Test
    void otherwise_it_is_who_recites_most() {
        var recited = Map.of(
                "a", pieces(), "b", pieces(Piece.Kind.STEPS, Piece.Kind.PARALLEL), "c", pieces(Piece.Kind.SILENT));

        assertThat(Concert.reciter(recited)).isEqualTo("b");
    }

    private static List<Piece> pieces(Piece.Kind... kinds) {
        return Stream.of(kinds).map(kind -> new Piece(kind, "run_1")).toList();
    }
}
