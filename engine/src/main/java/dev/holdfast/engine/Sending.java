package dev.holdfast.engine;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts into the inbox of a run what somebody outside has for it: a cancel, a signal, the value of a token. */
final class Sending {
    private final Ports ports;
    private final Starts starts;
    private final Consumer<RunId> deliver;

    /** @param deliver has whoever decides about a run look into its inbox, at once */
    Sending(Ports ports, Starts starts, Consumer<RunId> deliver) {
        this.ports = ports;
        this.starts = starts;
        this.deliver = deliver;
    }

    void cancel(Namespace namespace, RunId id, @Nullable String requestId) {
        Run run = ports.ledger().reads().run(namespace, id).orElseThrow(() -> Engine.unknown(id));
        if (run.isFinished()) return;
        Request request = new Asked("cancel").with("run", id).by(namespace, requestId, "done");
        // If it has ended meanwhile, or this is a repetition, there is nothing to do.
        post(id, request, new Write.Post(id, Message.cancel(ports.ids().next())));
    }

    void signal(Namespace namespace, RunId id, Runs.Sent sent, @Nullable String requestId) {
        Starts.name("name of the signal", sent.name());
        String value = starts.value("signal '" + sent.name() + "'", sent.json());
        Request request = new Asked("signal")
                .with("run", id)
                .with("name", sent.name())
                .with("value", value)
                .by(namespace, requestId, "done");
        if (ports.ledger().reads().run(namespace, id).isEmpty() && !wasSeen(request)) throw Engine.unknown(id);
        var message = Message.signal(ports.ids().next(), sent.name(), value);
        if (!post(id, request, new Write.Post(id, message))) {
            throw new Refused("run_finished", "run " + id + " has ended and takes no signals");
        }
    }

    void complete(Namespace namespace, String token, String json, @Nullable String requestId) {
        String value = starts.value("value of a token", json);
        Request request =
                new Asked("complete").with("token", token).with("value", value).by(namespace, requestId, "done");
        Reads.Token open = ports.ledger().reads().token(token).orElse(null);
        if (open == null || ports.ledger().reads().run(namespace, open.run()).isEmpty()) {
            if (wasSeen(request)) return;
            throw new Refused(
                    "token_unknown",
                    "there is no token " + token + ": its run has ended, or does not wait for it any more");
        }
        RunId id = open.run();
        var message = Message.token(ports.ids().next(), token, value);
        if (!post(id, request, new Write.CompleteToken(token), new Write.Post(id, message))) {
            throw new Refused("run_finished", "run " + id + " has ended: its token " + token + " is void");
        }
    }

    /** Whether this is a repetition: its answer stands, whatever has become of what it was about. */
    private boolean wasSeen(@Nullable Request request) {
        return switch (Asked.before(ports, request)) {
            case Receipt.Repeated r -> true;
            case Receipt.Rejected r -> throw r.why();
            default -> false;
        };
    }

    /** Whether it was stored, now or by an earlier try of the same request; false if the run has ended. */
    private boolean post(RunId id, @Nullable Request request, Write... writes) {
        var change = new Change(ports.ids().next(), id, new Expect.Alive(), request, List.of(writes));
        return switch (ports.ledger().commit(change)) {
            case Receipt.Applied a -> {
                // Stored, so it is accepted; whoever decides about the run looks at once.
                deliver.accept(id);
                yield true;
            }
            case Receipt.Stale s -> false;
            case Receipt.Repeated r -> true;
            case Receipt.Rejected r -> throw r.why();
            case Receipt.KeyHeld k -> throw new IllegalStateException("only a start takes a business key");
        };
    }
}
