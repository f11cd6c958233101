package dev.holdfast.server;

import dev.holdfast.node.Ring;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.core.JsonGenerator;

/** The nodes of the cluster, and which of them have died. */
final class RingApi {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Recent<Ring> ring;

    /** @param ring as the database has it */
    RingApi(Recent<Ring> ring) {
        this.ring = ring;
    }

    List<Router.Route> routes() {
        return List.of(new Router.Route("GET", "/v1/nodes", this::nodes));
    }

    private Answer nodes(Call call) throws InterruptedException {
        Ring ring = this.ring.within(Duration.ZERO, PATIENCE);
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeNumberProperty("own", ring.own());
            out.writeName("nodes");
            out.writeStartArray();
            ring.nodes().forEach(each -> node(out, each, ring.watchedBy(each)));
            out.writeEndArray();
            out.writeName("takeovers");
            out.writeStartArray();
            ring.takeovers().forEach(each -> takeover(out, each));
            out.writeEndArray();
            out.writeEndObject();
        }));
    }

    private static void node(JsonGenerator out, Ring.Node node, OptionalLong watched) {
        out.writeStartObject();
        out.writeNumberProperty("number", node.number());
        out.writeStringProperty("label", node.label());
        out.writeStringProperty("address", node.address());
        out.writeStringProperty("joined", node.joined().toString());
        out.writeNumberProperty("silentMillis", node.silent().toMillis());
        out.writeName("watches");
        if (watched.isPresent()) out.writeNumber(watched.getAsLong());
        else out.writeNull();
        out.writeNumberProperty("held", node.held());
        out.writeName("hosts");
        out.writeStartArray();
        node.hosts().forEach((task, version) -> {
            out.writeStartObject();
            out.writeStringProperty("name", task);
            out.writeStringProperty("version", version);
            out.writeEndObject();
        });
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void takeover(JsonGenerator out, Ring.Takeover takeover) {
        out.writeStartObject();
        out.writeNumberProperty("number", takeover.number());
        out.writeStringProperty("label", takeover.label());
        out.writeNumberProperty("by", takeover.by());
        out.writeStringProperty("at", takeover.at().toString());
        out.writeStringProperty("how", takeover.how().name());
        out.writeName("silentMillis");
        if (takeover.silent().isPresent())
            out.writeNumber(takeover.silent().get().toMillis());
        else out.writeNull();
        out.writeNumberProperty("tookMicros", takeover.took().toNanos() / 1_000);
        out.writeEndObject();
    }
}
