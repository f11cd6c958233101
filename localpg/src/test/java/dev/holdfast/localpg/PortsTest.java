package dev.holdfast.localpg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PortsTest {
    /** Of so many some would be equal, if they were drawn by chance. */
    private static final int MANY = 500;

    @Test
    void nobodyIsGivenAPortThatWasGiven() {
        assertThat(Stream.generate(Ports::free).limit(MANY).toList()).doesNotHaveDuplicates();
    }

    @Test
    void aServerCanHaveItAtOnceAndAgain() throws IOException {
        int port = Ports.free();
        for (int i = 0; i < 2; i++) {
            try (var server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(server.getLocalPort()).isEqualTo(port);
            }
        }
    }
}
