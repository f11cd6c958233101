package dev.holdfast.drills;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A recital under way, with those who watch it: one at each node from its beginning, others who came later. */
final class Piece {
    /** What a piece is for. */
    enum Kind {
        STEPS("STEPS"),
        BETWEEN("BETWEEN"),
        PARALLEL("PARALLEL"),
        FAILING("FAILING"),
        SILENT("SILENT"),
        /** As steps; it is cancelled when its node has died. */
        CANCELLED("STEPS");

        private final String shape;

        Kind(String shape) {
            this.shape = shape;
        }

        /** Of the recital. */
        String shape() {
            return shape;
        }

        /** Whether it is certain what there is to read in the end. */
        boolean isWhole() {
            return this != SILENT && this != CANCELLED;
        }

        /** Whether its parts come one after the other. */
        boolean isInTurn() {
            return this != PARALLEL;
        }

        /** Whether whoever takes over sends at once. */
        boolean goesOn() {
            return isWhole() && this != FAILING;
        }
    }

    private final Kind kind;
    private final String run;
    private final List<Watcher> early = new ArrayList<>();
    private final List<Watcher> others = new ArrayList<>();

    Piece(Kind kind, String run) {
        this.kind = kind;
        this.run = run;
    }

    Kind kind() {
        return kind;
    }

    String run() {
        return run;
    }

    /** Somebody watches from the start on, at this node first. */
    void watchedFromTheStart(Fleet fleet, Node node) {
        early.add(Watcher.attach("early, at " + node.label(), fleet.from(node), run));
    }

    /** Somebody comes only now. */
    void watchedFromNow(String who, Fleet fleet, Node node) {
        others.add(Watcher.attach(who + ", at " + node.label(), fleet.from(node), run));
    }

    /** What each of them has seen, as soon as the story has ended. */
    List<WatchAccount> accounts(Duration patience) throws InterruptedException {
        var accounts = new ArrayList<WatchAccount>();
        for (Watcher watcher : Stream.concat(early.stream(), others.stream()).toList())
            accounts.add(watcher.account(patience));
        return accounts;
    }

    /** What those who came early have seen so far. */
    List<WatchAccount> soFar() {
        return early.stream().map(Watcher::soFar).toList();
    }

    boolean isDone() {
        return soFar().stream().allMatch(WatchAccount::done);
    }

    /** Whether each of those who came early has seen so many chunks. */
    boolean hasShown(int chunks) {
        return soFar().stream().allMatch(a -> lines(a).count() >= chunks);
    }

    /** Whether one of those who came early has seen so many chunks. */
    boolean hasAnybodyShown(int chunks) {
        return soFar().stream().anyMatch(a -> lines(a).count() >= chunks);
    }

    /** The newest epoch in which this process has sent anything before this moment; 0 if it has not. */
    long epochOf(long pid, long micros) {
        return soFar().stream()
                .flatMap(Piece::lines)
                .filter(line -> line.pid() == pid && line.micros() <= micros)
                .mapToLong(Line::epoch)
                .max()
                .orElse(0);
    }

    /** Who sent the newest chunk. */
    Optional<Long> sender() {
        return soFar().stream().flatMap(Piece::lines).reduce((a, b) -> b).map(Line::pid);
    }

    /** When the first chunk of somebody else than this process came, sent after this moment; in milliseconds since 1970. */
    Optional<Long> resumed(long pid, long micros) {
        return soFar().stream()
                .flatMap(Piece::lines)
                .filter(line -> line.pid() != pid && line.micros() >= micros)
                .map(line -> line.seen().at())
                .min(Long::compare);
    }

    static Stream<Line> lines(WatchAccount account) {
        return Line.of(account.frames());
    }

    static Stream<Line> standing(WatchAccount account) {
        return Line.of(account.standing());
    }
}
