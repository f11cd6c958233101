package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The turns of conversations: lists them, stops them, has them watched. */
final class Turns implements Conversations {
    /** How much is shown at once, in characters, and how many turns are read together. */
    private static final long MOST = 8_000_000;

    private static final int AT_ONCE = 10;

    private final Ports ports;
    private final Door door;
    private final Consumer<RunId> deliver;
    private final ThreadWatch.Opener watching;
    private final Together<Conversation, LaneTail> watched;

    /** @param deliver has whoever decides about a run look into its inbox, at once */
    Turns(Ports ports, Door door, Consumer<RunId> deliver, ThreadWatch.Opener watching) {
        this.ports = ports;
        this.door = door;
        this.deliver = deliver;
        this.watching = watching;
        this.watched = new Together<>(ports.threads());
    }

    @Override
    public List<Run> oldest(Conversation of, @Nullable RunId after, int limit) {
        return reads().lane(of.namespace(), of.queue(), of.lane(), after, limit);
    }

    @Override
    public List<Run> newest(Conversation of, @Nullable RunId before, int limit) {
        return reads().runs(of.namespace(), of.filter(), before, limit);
    }

    /** Some at a time: what is read at once is never much more than what is shown. */
    @Override
    public List<Turn> said(List<Run> turns) {
        var all = new ArrayList<Turn>();
        long size = 0;
        for (int from = 0; from < turns.size() && size < MOST; from += AT_ONCE) {
            List<Run> some = turns.subList(from, Math.min(from + AT_ONCE, turns.size()));
            var payloads = reads().payloads(some.stream().map(Run::id).toList());
            for (Run run : some) {
                Reads.Payloads said = payloads.get(run.id());
                if (said == null) continue;
                all.add(turn(run, said));
                size += said.input().length()
                        + (said.output() == null ? 0 : said.output().length());
            }
        }
        return all;
    }

    private static Turn turn(Run run, Reads.Payloads said) {
        return new Turn(run, said.input(), said.output(), said.output() == null ? said.error() : null);
    }

    /** One change: what dies on the way has told all of them, or none. */
    @Override
    public List<RunId> cancel(Conversation of, Which which, @Nullable String requestId) {
        door.demandServing();
        while (true) {
            List<Run> live = reads().live(of.namespace(), of.queue(), of.lane());
            List<RunId> meant = live.stream()
                    .filter(run -> which == Which.ALL || run.wasStarted())
                    .map(Run::id)
                    .toList();
            String answer = meant.stream().map(RunId::toString).collect(Collectors.joining(" "));
            Request request = new Asked("cancel-thread")
                    .with("queue", of.queue())
                    .with("thread", of.thread())
                    .with("which", which)
                    .by(of.namespace(), requestId, answer);
            Optional<List<RunId>> done = meant.isEmpty() ? nothing(request) : tell(meant, request);
            if (done.isPresent()) return done.get();
        }
    }

    /** Empty if one of them has ended meanwhile. */
    private Optional<List<RunId>> tell(List<RunId> meant, @Nullable Request request) {
        var writes = new ArrayList<Write>();
        for (RunId id : meant)
            writes.add(new Write.Post(id, Message.cancel(ports.ids().next())));
        // The last one ends last: if it is alive, this is not a decision about the past.
        var change = new Change(ports.ids().next(), meant.getLast(), new Expect.Alive(), request, writes);
        return told(change, meant);
    }

    /** Nobody is told; a repetition finds that out, and does not meet what was posted since. */
    private Optional<List<RunId>> nothing(@Nullable Request request) {
        if (request == null) return Optional.of(List.of());
        var nobody = RunId.of(ports.ids().next());
        return told(new Change(ports.ids().next(), nobody, new Expect.Absent(), request, List.of()), List.of());
    }

    private Optional<List<RunId>> told(Change change, List<RunId> meant) {
        return switch (ports.ledger().commit(change)) {
            case Receipt.Applied a -> {
                // The first that waits would be the next to begin: the live one is told when nobody waits any more.
                meant.stream().skip(1).forEach(deliver);
                meant.stream().limit(1).forEach(deliver);
                yield Optional.of(meant);
            }
            case Receipt.Repeated r -> Optional.of(ids(r.answer()));
            case Receipt.Stale s -> Optional.empty();
            case Receipt.Rejected r -> throw r.why();
            case Receipt.KeyHeld k -> throw new IllegalStateException("only a start takes a business key");
        };
    }

    private static List<RunId> ids(String answer) {
        return Arrays.stream(answer.split(" ", -1))
                .flatMap(text -> RunId.parse(text).stream())
                .toList();
    }

    @Override
    public Watch watch(Conversation of, @Nullable String after) {
        return ThreadWatch.open(ports, watching, watched, of, after);
    }

    private Reads reads() {
        return ports.ledger().reads();
    }
}
