package dev.holdfast.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.localnats.LocalNats;
import dev.holdfast.localnats.NeedsNats;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Words between nodes. */
@NeedsNats
final class PostTest {
    @Test
    void whoHearsHearsAgainWhenTheServerIsBack() {
        try (var server = LocalNats.single();
                var one = NatsCluster.open(NatsOptions.at(server.url()), "1-2", new SystemThreads());
                var two = NatsCluster.open(NatsOptions.at(server.url()), "1-2", new SystemThreads());
                var other = NatsCluster.open(NatsOptions.at(server.url()), "1-3", new SystemThreads())) {
            List<String> heard = new CopyOnWriteArrayList<>();
            List<String> elsewhere = new CopyOnWriteArrayList<>();
            var missed = new AtomicInteger();
            one.post().hear(7, heard::add, missed::incrementAndGet);
            other.post().hear(7, elsewhere::add, () -> {});
            await("it hears").until(() -> two.post().say(7, "before") && heard.contains("before"));
            server.server(0).kill();
            await("the breach is noticed").until(() -> !two.post().say(7, "meanwhile"));
            server.server(0).start();
            await("it hears again").until(() -> two.post().say(7, "after") && heard.contains("after"));
            assertThat(missed)
                    .as("it was told that it may have missed something")
                    .hasPositiveValue();
            assertThat(elsewhere).as("heard in another cluster").isEmpty();
            // Another life of the node: what is said to the former one is not for it.
            one.post().hear(8, heard::add, () -> {});
            await("the next one hears").until(() -> two.post().say(8, "eight") && heard.contains("eight"));
            assertThat(two.post().say(7, "nobody")).isTrue();
            await("what is said behind it").until(() -> two.post().say(8, "nine") && heard.contains("nine"));
            assertThat(heard).doesNotContain("nobody");
        }
    }
}
