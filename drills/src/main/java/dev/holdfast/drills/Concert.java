package dev.holdfast.drills;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A piece of each kind under way, begun at one node and watched at all. */
final class Concert {
    static final int PARTS = 4;
    /** Each part takes a second: for two of them something is left while three servers are killed one after the other. */
    static final int LINES = 10;
    /** From one line to the next. */
    private static final int MILLIS = 100;
    /** Between two looks. */
    private static final int LOOK = 20;

    private final Fleet fleet;
    private final Duration patience;
    private final List<Piece> pieces;

    private Concert(Fleet fleet, Duration patience, List<Piece> pieces) {
        this.fleet = fleet;
        this.patience = patience;
        this.pieces = pieces;
    }

    /**
     * @param name what no other one has
     * @param first is asked for all pieces
     */
    static Concert begin(String name, Fleet fleet, Node first, Duration patience) throws InterruptedException {
        var pieces = new ArrayList<Piece>();
        for (Piece.Kind kind : Piece.Kind.values()) {
            String input = "{\"parts\":%d,\"lines\":%d,\"millis\":%d,\"shape\":\"%s\"}"
                    .formatted(PARTS, LINES, MILLIS, kind.shape());
            var client = new Client(fleet.from(first), patience);
            var order = new Client.Order("recital", input, null, name + "-" + kind);
            var piece = new Piece(kind, client.start(order).run());
            for (Node node : fleet.inService()) piece.watchedFromTheStart(fleet, node);
            pieces.add(piece);
        }
        return new Concert(fleet, patience, List.copyOf(pieces));
    }

    List<Piece> pieces() {
        return pieces;
    }

    /** Waits until everybody who watches a piece of this kind has seen so many chunks. */
    void awaitShown(Piece.Kind kind, int chunks) throws InterruptedException {
        for (Piece piece : of(kind).toList())
            Wait.need(
                    "everybody who watches " + piece.run() + " has seen " + chunks + " chunks",
                    patience,
                    () -> piece.hasShown(chunks));
    }

    /** What this node recites now: another one may have taken some of them. */
    List<Piece> of(Node node) {
        return pieces.stream()
                .filter(piece -> !piece.isDone() && piece.sender().orElse(0L) == node.pid())
                .toList();
    }

    /** Who is to be broken: mostly whoever was asked to start it, but any node may claim what was started. */
    Node reciter() {
        var recited = new LinkedHashMap<Node, List<Piece>>();
        for (Node node : fleet.inService()) recited.put(node, of(node));
        return reciter(recited);
    }

    /** Whose end tells most: what was sent between steps shows what nothing else does, and goes on at once. */
    static <N> N reciter(Map<N, List<Piece>> recited) {
        return recited.entrySet().stream()
                .max(Comparator.comparingInt(each -> weight(each.getValue())))
                .orElseThrow()
                .getKey();
    }

    private static int weight(List<Piece> pieces) {
        boolean between = pieces.stream().anyMatch(piece -> piece.kind() == Piece.Kind.BETWEEN);
        return pieces.size() + (between ? Piece.Kind.values().length : 0);
    }

    /** Of which a whole part is still to be sent, whoever does it: not of those whose parts are all sent at once. */
    List<Piece> unsaid() {
        return pieces.stream()
                .filter(piece ->
                        piece.kind() != Piece.Kind.CANCELLED && piece.kind().isInTurn())
                .filter(piece -> !piece.hasAnybodyShown((PARTS - 1) * LINES + 1))
                .toList();
    }

    private Stream<Piece> of(Piece.Kind kind) {
        return pieces.stream().filter(piece -> piece.kind() == kind);
    }

    void cancel(Client client) throws IOException {
        for (Piece piece : of(Piece.Kind.CANCELLED).toList()) {
            var answer = client.api().post("/v1/runs/" + piece.run() + "/cancel", "", Map.of());
            if (!answer.isSuccess()) throw new IllegalStateException("a cancel was answered with " + answer);
        }
    }

    /** Somebody comes only now, to each piece. */
    void watchedFromNow(String who, Node node) {
        for (Piece piece : pieces) piece.watchedFromNow(who, fleet, node);
    }

    /** Those of them that have ended. */
    List<Piece> ended(List<Piece> some, Client client) throws InterruptedException {
        var ended = new ArrayList<Piece>();
        for (Piece piece : some) if (hasEnded(piece, client)) ended.add(piece);
        return ended;
    }

    void awaitEnd(Client client) throws InterruptedException {
        for (Piece piece : pieces) await(piece.run() + " has ended", () -> hasEnded(piece, client));
    }

    /** Those of which nothing is heard are somebody else's, too: it has recorded something, or they have ended. */
    void awaitTakenOver(List<Piece> some, Client client) throws InterruptedException {
        for (Piece piece : some)
            if (!piece.kind().isWhole())
                await(piece.run() + " is taken over", () -> {
                    var run = account(piece, client);
                    return run.isFinished() || run.steps().stream().anyMatch(step -> step.epoch() > 1);
                });
    }

    private interface Question {
        boolean isSo() throws InterruptedException;
    }

    private void await(String what, Question question) throws InterruptedException {
        Instant end = Instant.now().plus(patience);
        while (!question.isSo()) {
            if (Instant.now().isAfter(end))
                throw new IllegalStateException(what + ": not within " + patience.toSeconds() + " s");
            Thread.sleep(LOOK);
        }
    }

    private static RunAccount account(Piece piece, Client client) throws InterruptedException {
        return RunAccount.parse(client.get("/v1/runs/" + piece.run()).body());
    }

    private static boolean hasEnded(Piece piece, Client client) throws InterruptedException {
        return account(piece, client).isFinished();
    }
}
