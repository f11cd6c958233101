package dev.holdfast.testkit.memory;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Write;
import java.time.Instant;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a change writes for those who wait: messages, tokens, edges. */
final class MemoryMessages {
    private final MemoryDisk disk;
    private final Guards guards;
    private final Instant now;
    private final RunId run;

    MemoryMessages(MemoryDisk disk, Guards guards, Instant now, RunId run) {
        this.disk = disk;
        this.guards = guards;
        this.now = now;
        this.run = run;
    }

    /** @throws Refused before anything was changed */
    void tokens(Write write) {
        switch (write) {
            case Write.CompleteToken w -> complete(w.id());
            case Write.OpenToken w -> disk.tokens.put(w.id(), new MemoryDisk.Token(run, w.key(), w.until(), false));
            case Write.ToHistory w ->
                disk.tokens
                        .values()
                        .removeIf(t -> t.run().equals(run) && w.steps().contains(t.key()));
            case Write.ClearInbox w ->
                disk.tokens.values().removeIf(t -> t.run().equals(run));
            default -> {}
        }
    }

    private void complete(String id) {
        var token = disk.tokens.get(id);
        if (token == null || !token.run().equals(run)) throw unknown(id);
        if (token.isCompleted()) {
            throw new Refused("token_completed", "token " + id + " was completed before: only the first value counts");
        }
        if (!guards.isOpen(token, now)) throw unknown(id);
        disk.tokens.put(id, new MemoryDisk.Token(run, token.key(), token.until(), true));
    }

    private static Refused unknown(String id) {
        return new Refused(
                "token_unknown", "token " + id + " is not open: its run does not wait for it any more, or never did");
    }

    void post(Write write) {
        if (write instanceof Write.Post post) post(post.to(), post.message());
    }

    void await(Write write) {
        if (!(write instanceof Write.Await await)) return;
        RunId target = await.target();
        if (isAlive(target))
            disk.waits.computeIfAbsent(target, t -> new TreeSet<>()).add(run);
        else if (guards.tellsLate()) tell(target, run);
    }

    /** The run has ended: who waits for it is told, and what is left is noted. */
    void ended() {
        var waiters = disk.waits.remove(run);
        if (waiters != null) for (RunId waiter : waiters) tell(run, waiter);
        boolean left = disk.runs.values().stream().anyMatch(s -> guards.endsWith(s.run, run));
        if (left) insert(run, new Message(run.uuid(), Message.Kind.FINALISE, null, null));
    }

    private void tell(RunId target, RunId waiter) {
        post(waiter, new Message(target.uuid(), Message.Kind.RUN_ENDED, target.toString(), null));
    }

    private void post(RunId to, Message message) {
        Stored stored = disk.runs.get(to);
        if (stored == null || stored.run.isFinished()) return;
        if (stored.inbox.stream().anyMatch(m -> m.message().id().equals(message.id()))) return;
        insert(to, message);
    }

    private void insert(RunId to, Message message) {
        Stored stored = disk.runs.get(to);
        if (stored == null) return;
        Stored next = stored.copy();
        next.inbox.add(new Message.Delivered(++disk.messages, message));
        disk.put(to, next);
    }

    private boolean isAlive(@Nullable RunId id) {
        Stored stored = id == null ? null : disk.runs.get(id);
        return stored != null && !stored.run.isFinished();
    }

    static boolean isChildOf(Run child, RunId parent) {
        var link = child.origin().parent();
        return link != null && link.run().equals(parent) && link.bond() == Run.Bond.ATTACHED && !child.isFinished();
    }
}
