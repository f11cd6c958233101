package dev.holdfast.postgres;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Notice;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.postgres.membership.Membership;
import dev.holdfast.postgres.membership.Notices;
import dev.holdfast.sql.Readers;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nodes of a database as one of them sees them. */
final class PgPeers implements Peers {
    private static final Logger LOG = LoggerFactory.getLogger(PgPeers.class);
    private static final String ANNOUNCE = "UPDATE nodes SET hosts = ? WHERE number = ? AND incarnation = ?";
    private static final String HOSTS = "SELECT number, hosts FROM nodes WHERE hosts IS NOT NULL ORDER BY number DESC";
    private static final String CLOSE = "UPDATE closed_door SET number = ?, incarnation = ? WHERE number IS NULL"
            + " OR (number = ? AND incarnation = ?) OR NOT EXISTS (SELECT 1 FROM nodes n"
            + " WHERE n.number = closed_door.number AND n.incarnation = closed_door.incarnation)";
    private static final String OPEN =
            "UPDATE closed_door SET number = NULL, incarnation = NULL WHERE number = ? AND incarnation = ?";

    private final Membership membership;
    private final Readers readers;
    private final Track errands;
    private final List<Consumer<Witness>> forDeaths = new CopyOnWriteArrayList<>();

    PgPeers(Membership membership, Readers readers, Track errands) {
        this.membership = membership;
        this.readers = readers;
        this.errands = errands;
    }

    /** A node may have died. */
    void died(Witness witness) {
        forDeaths.forEach(each -> each.accept(witness));
    }

    @Override
    public Holder node() {
        return membership.node();
    }

    @Override
    public boolean isCluster() {
        return true;
    }

    @Override
    public int alive() {
        return membership.alive();
    }

    @Override
    public boolean serving() {
        return membership.serving();
    }

    @Override
    public void announce(Map<String, Notice> hosted) {
        Holder node = node();
        errands.perform(tx -> tx.sql(ANNOUNCE)
                .text(Notices.text(hosted))
                .number(node.number())
                .number(node.incarnation())
                .update());
    }

    @Override
    public Map<String, Notice> newest() {
        var all = new TreeMap<String, Notice>();
        for (var hosted : notices()) {
            if (!membership.isSilent(hosted.number())) hosted.notices().forEach(all::putIfAbsent);
        }
        return all;
    }

    @Override
    public Optional<Notice> notice(String task) {
        return notices().stream()
                .map(hosted -> hosted.notices().get(task))
                .filter(Objects::nonNull)
                .findFirst();
    }

    @Override
    public Map<String, Set<String>> hosts() {
        var all = new TreeMap<String, Set<String>>();
        for (var hosted : notices()) {
            hosted.notices()
                    .forEach((task, notice) ->
                            all.computeIfAbsent(task, t -> new TreeSet<>()).add(notice.version()));
        }
        return all;
    }

    private record Hosted(long number, SortedMap<String, Notice> notices) {}

    /** Of each node, the newest first. */
    private List<Hosted> notices() {
        return readers.ask(s -> s.sql(HOSTS).list(r -> new Hosted(r.number(), Notices.parse(r.text()))));
    }

    @Override
    public Hints.Listening onDeath(Consumer<Witness> look) {
        forDeaths.add(look);
        return () -> forDeaths.remove(look);
    }

    @Override
    public boolean closeDoor() {
        Holder node = node();
        try {
            return errands.perform(tx -> tx.sql(CLOSE)
                            .number(node.number())
                            .number(node.incarnation())
                            .number(node.number())
                            .number(node.incarnation())
                            .update())
                    == 1;
        } catch (Unavailable e) {
            LOG.debug("the door could not be closed", e);
            return false;
        }
    }

    /** If it cannot be taken back now it is forgotten with this node at the latest. */
    @Override
    public void openDoor() {
        Holder node = node();
        try {
            errands.perform(tx -> tx.sql(OPEN)
                    .number(node.number())
                    .number(node.incarnation())
                    .update());
        } catch (Unavailable e) {
            LOG.debug("the door could not be opened", e);
        }
    }
}
