package dev.holdfast.nats;

import dev.holdfast.core.Fence;
import dev.holdfast.core.Run;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.StreamLog.Append;
import dev.holdfast.engine.port.StreamLog.Fencing;
import dev.holdfast.engine.port.StreamLog.Place;
import dev.holdfast.testkit.Changes;
import dev.holdfast.testkit.ManualClock;
import dev.holdfast.testkit.SeededIds;
import dev.holdfast.testkit.memory.MemoryDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A site whose runs are started, claimed and lost by hand. */
final class Bed implements AutoCloseable {
    final ManualClock clock = new ManualClock();
    final SeededIds ids = new SeededIds(1, clock);
    final MemoryDisk disk = new MemoryDisk(Fencing.BY_OPENING);
    final Site site;

    Bed(String url, String origin) {
        this.site = Site.open(url, origin, disk, clock, ids);
    }

    StreamLog stream() {
        return site.stream();
    }

    /** A run that this node holds. */
    Run running() {
        site.ledger().commit(Changes.start(ids, site.ledger().now(), "t"));
        return claim();
    }

    Run claim() {
        return site.ledger()
                .claim(new Claim(site.node(), new Admission(Map.of("t", "1"), 1), 1))
                .getFirst()
                .run();
    }

    /** Its holder is found dead. */
    void lose(Run run) {
        site.ledger().commit(Changes.release(ids, site.ledger().now(), run));
    }

    Fence.By by(Run run) {
        return new Fence.By(run.fence().epoch(), site.node());
    }

    Append offer(Run run, Place place, Item... items) {
        return new Append(run.id(), by(run), place, List.of(items));
    }

    /** @throws Unavailable if there is no answer */
    Appended append(Run run, Place place, Item... items) {
        Appended answer = stream().append(List.of(offer(run, place, items))).getFirst();
        if (answer instanceof Appended.Unanswered nobodyKnows) throw nobodyKnows.why();
        return answer;
    }

    /** As the writer of an engine does: again, until there is an answer. */
    Appended appendUntilAnswered(Run run, Place place, Item... items) {
        return Awaitility.await("an answer to an append")
                .pollInterval(java.time.Duration.ofMillis(20))
                .atMost(java.time.Duration.ofSeconds(60))
                .until(
                        () -> {
                            try {
                                return List.of(append(run, place, items));
                            } catch (Unavailable e) {
                                return List.<Appended>of();
                            }
                        },
                        answers -> !answers.isEmpty())
                .getFirst();
    }

    List<Entry> all(Run run) {
        var all = new ArrayList<Entry>();
        while (true) {
            var page = stream().read(run.id(), StreamLog.last(all), 1_000);
            all.addAll(page.entries());
            if (page.isLast()) return all;
        }
    }

    List<Item> items(Run run) {
        return all(run).stream().map(Entry::item).toList();
    }

    static Item chunk(int n) {
        return new Item.Chunk(Source.step(StepKey.of(1), 1), "\"chunk " + n + "\"");
    }

    @Override
    public void close() {
        site.close();
    }
}
