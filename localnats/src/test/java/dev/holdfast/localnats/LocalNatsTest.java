package dev.holdfast.localnats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

@NeedsNats
final class LocalNatsTest {
    @Test
    void aServerIsKilledAndComesBackOnItsPort() {
        try (var nats = LocalNats.single()) {
            var server = nats.server(0);
            assertThat(LocalNats.answers(server.port())).isTrue();
            long first = server.pid();
            server.kill();
            assertThat(ProcessHandle.of(first).filter(ProcessHandle::isAlive)).isEmpty();
            assertThat(LocalNats.answers(server.port())).isFalse();
            server.start();
            assertThat(LocalNats.answers(server.port())).isTrue();
            assertThat(server.pid()).isNotEqualTo(first);
        }
    }
}
