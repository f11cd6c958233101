package dev.holdfast.server;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Conversation;
import dev.holdfast.engine.Conversations;
import dev.holdfast.engine.Conversations.Turn;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Threads over HTTP: a conversation is the serial lane {@code thread:ID}, and each of its turns is a run in it. */
final class ThreadsApi {
    private final Supplier<Node> node;

    /** @param node throws {@code starting} while there is none yet */
    ThreadsApi(Supplier<Node> node) {
        this.node = node;
    }

    List<Router.Route> routes() {
        return List.of(
                new Router.Route("POST", "/v1/threads/{id}/messages", this::say).shared(),
                new Router.Route("GET", "/v1/threads/{id}/messages", this::messages).shared(),
                new Router.Route("POST", "/v1/threads/{id}/cancel", this::cancel).shared(),
                new Router.Route("GET", "/v1/threads/{id}", this::turns));
    }

    /** The conversation that a call names; {@code queue} is a parameter, for tasks that are not in the usual one. */
    static Conversation conversation(Call call) {
        return new Conversation(Namespace.DEFAULT, call.query("queue").orElse(Defaults.QUEUE), call.variable("id"));
    }

    /** Accepted: it may have to wait for its turn. */
    private Answer say(Call call) throws IOException {
        if (call.query("queue").isPresent()) {
            throw new Refused(
                    "parameter_invalid",
                    "a message is not posted to a queue: 'task' says who takes the turn, and in which queue that waits."
                            + " Leave out 'queue'");
        }
        MessageBody body = MessageBody.parse(call.json());
        Hosting hosting = node.get().hosted().get(body.task());
        if (hosting != null && hosting.lanes() != Lane.Kind.SERIAL) {
            throw new Refused(
                    "lane_not_serial",
                    "task '" + body.task() + "' takes no turns: its runs do not follow one another."
                            + " Name a task that has a serial lane for each thread");
        }
        String lane = conversation(call).lane();
        var options = new StartRequest.Options(Command.Timing.NOW, null, List.of(), lane);
        var identity = new StartRequest.Identity(body.key(), call.requestId().orElse(null));
        var request = new StartRequest(Namespace.DEFAULT, body.task(), body.input(), identity, options);
        Started started = node.get().runs().start(request);
        return Starting.accepted(started, body.task());
    }

    private Answer turns(Call call) {
        return page(call, "turns", (out, turns) -> {
            for (Run turn : turns) RunJson.row(out, turn);
            return turns.isEmpty() ? null : turns.getLast();
        });
    }

    private Answer messages(Call call) {
        Conversations all = node.get().runs().conversations();
        return page(call, "messages", (out, turns) -> {
            List<Turn> said = all.said(turns);
            for (Turn turn : said) RunJson.turn(out, turn);
            if (!said.isEmpty()) return said.getLast().run();
            return turns.isEmpty() ? null : turns.getLast();
        });
    }

    /** Shows turns, and answers which was the last of those that fit; null if there is none. */
    @FunctionalInterface
    private interface Shown {
        @Nullable
        Run write(JsonGenerator out, List<Run> turns);
    }

    private Answer page(Call call, String name, Shown shown) {
        call.demandParameters("queue", "cursor", "limit", "order");
        int limit = Parameters.limit(call);
        RunId cursor = call.query("cursor").map(RunsApi::pageCursor).orElse(null);
        // One more than asked for tells whether there is another page.
        List<Run> found = read(call, conversation(call), cursor, limit + 1);
        List<Run> page = found.subList(0, Math.min(limit, found.size()));
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("thread", call.variable("id"));
            out.writeName(name);
            out.writeStartArray();
            Run last = shown.write(out, page);
            out.writeEndArray();
            RunJson.text(out, "next", last == null || last.equals(found.getLast()) ? null : last.id());
            out.writeEndObject();
        }));
    }

    private List<Run> read(Call call, Conversation of, @Nullable RunId cursor, int limit) {
        String order = call.query("order").orElse("oldest");
        Conversations all = node.get().runs().conversations();
        return switch (order) {
            case "oldest" -> all.oldest(of, cursor, limit);
            case "newest" -> all.newest(of, cursor, limit);
            default -> throw Parameters.impossible("order", order, "'oldest' or 'newest', whichever comes first");
        };
    }

    private Answer cancel(Call call) throws IOException {
        call.demandParameters("queue");
        Conversations.Which which = CancelBody.parse(call.json()).which();
        List<RunId> told = node.get()
                .runs()
                .conversations()
                .cancel(conversation(call), which, call.requestId().orElse(null));
        return Answer.json(202, Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("thread", call.variable("id"));
            out.writeStringProperty("which", which.name().toLowerCase(Locale.ROOT));
            out.writeName("cancelled");
            out.writeStartArray();
            for (RunId id : told) out.writeString(id.toString());
            out.writeEndArray();
            out.writeEndObject();
        }));
    }
}
