package dev.holdfast.node;

import dev.holdfast.postgres.membership.Membership;
import dev.holdfast.postgres.membership.NodeLoad;
import dev.holdfast.postgres.membership.NodeView;
import java.time.Duration;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The ring as a member of it sees it. */
final class MemberRing {
    private static final int TAKEOVERS = 20;
    private static final NodeLoad NOTHING = new NodeLoad(0, new TreeMap<>());

    private MemberRing() {}

    static Ring of(Membership membership) {
        var loads = membership.loads();
        var nodes = membership.nodes().stream()
                .map(view -> node(view, loads.get(view.node().number())))
                .toList();
        var takeovers = membership.takeovers(TAKEOVERS).stream()
                .map(MemberRing::takeover)
                .toList();
        return new Ring(membership.node().number(), nodes, takeovers);
    }

    /** @param found null if it has gone since it was seen */
    private static Ring.Node node(NodeView view, @Nullable NodeLoad found) {
        NodeLoad load = found == null ? NOTHING : found;
        return new Ring.Node(
                view.node().number(),
                view.label(),
                view.address(),
                view.joined(),
                view.silent(),
                load.held(),
                load.hosts());
    }

    private static Ring.Takeover takeover(dev.holdfast.postgres.membership.Takeover takeover) {
        var how = switch (takeover.how()) {
            case RING -> Ring.How.RING;
            case SWEEP -> Ring.How.SWEEP;
            case FROZEN -> Ring.How.FROZEN;
        };
        return new Ring.Takeover(
                takeover.node().number(),
                takeover.label(),
                takeover.by(),
                takeover.at(),
                how,
                takeover.heard().map(heard -> Duration.between(heard, takeover.at())),
                takeover.took());
    }
}
