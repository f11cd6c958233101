package dev.holdfast.postgres;

import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Taker;
import dev.holdfast.engine.port.Threads;
import java.util.List;
import java.util.function.Supplier;

/**
 * Who commits for this node, side by side: one begins runs and claims them, the other goes on with what is there. Two
 * transactions of one node are to each other what those of two nodes are, and while one waits for the disk the other one
 * works. They share hardly a statement: one inserts and the other updates.
 */
final class Writers implements AutoCloseable {
    private final Writer beginning;
    private final Writer going;

    private Writers(Writer beginning, Writer going) {
        this.beginning = beginning;
        this.going = going;
    }

    /** Each on a track of its own. */
    static Writers on(Supplier<Track> tracks, Batch.Memory memory, BatchFigures figures, Threads threads) {
        return new Writers(
                new Writer(tracks.get(), memory, figures, threads, "holdfast-begin"),
                new Writer(tracks.get(), memory, figures, threads, "holdfast-ledger"));
    }

    /** What is handed in together stays together, in its order. */
    <T> List<T> performAll(List<? extends Work<T>> all) {
        return (all.stream().anyMatch(Work::begins) ? beginning : going).performAll(all);
    }

    <T> T perform(Work<T> work) {
        return performAll(List.of(work)).getFirst();
    }

    /** See {@link Ledger#takes}. */
    void takes(Taker taker) {
        beginning.takes(taker);
    }

    /** Whether nobody is about to begin something. */
    boolean isIdle() {
        return beginning.isIdle();
    }

    /** See {@link Writer#cut}. */
    void cut() {
        beginning.cut();
        going.cut();
    }

    void restore() {
        beginning.restore();
        going.restore();
    }

    /** Commits what was handed in, then ends. */
    @Override
    public void close() {
        beginning.close();
        going.close();
    }
}
