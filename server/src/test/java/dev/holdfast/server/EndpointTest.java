package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.core.Refused;
import dev.holdfast.node.KeyBook;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where a server cannot listen, and what it says. */
@Timeout(60)
class EndpointTest {
    /** For documentation: of no machine. */
    private static final String ELSEWHERE = "192.0.2.1";

    @Test
    void anAddressOfAnotherMachineIsNoPortThatIsTaken() {
        for (int port : new int[] {0, 7007}) {
            assertThatThrownBy(() -> Endpoint.of(ServerOptions.onPort(port).host(ELSEWHERE))
                            .demandFree(port))
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("host_unknown"))
                    .hasMessageContaining(ELSEWHERE)
                    .hasMessageContaining("no address of this machine");
        }
    }

    /** A key would not help. */
    @Test
    void whereItCannotListenIsSaidBeforeKeysAreAskedFor() {
        var asked = new AtomicBoolean();
        for (String host : List.of(ELSEWHERE, "no-such-host.invalid")) {
            assertThatThrownBy(() -> Server.open(ServerOptions.onPort(0).host(host), () -> {
                        asked.set(true);
                        return KeyBook.empty();
                    }))
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("host_unknown"))
                    .hasMessageContaining(host);
        }
        assertThat(asked).isFalse();
    }

    @Test
    void aPortThatIsTakenIsTakenWhicheverAddressOfThisMachineItIsOf() throws Exception {
        for (String host : List.of("127.0.0.2", "0.0.0.0")) {
            try (var taken = new ServerSocket(0, 1, InetAddress.getByName(host))) {
                int port = taken.getLocalPort();
                assertThatThrownBy(() -> Endpoint.of(ServerOptions.onPort(port).host(host))
                                .demandFree(port))
                        .isInstanceOfSatisfying(
                                Refused.class, e -> assertThat(e.code()).isEqualTo("port_in_use"));
            }
        }
    }

    /** As where a machine's own name leads to 127.0.1.1 on it, and to its balancer elsewhere. */
    @Test
    void aNameThatLeadsHereIsNotThisMachineToOthers() throws Exception {
        var here = InetAddress.getByAddress("runs.example.com", new byte[] {127, 0, 1, 1});
        var endpoint = new Endpoint("http", "runs.example.com", here, Origins.NONE.withOwn("https://runs.example.com"));
        assertThat(endpoint.isReachedByOthers()).isTrue();
        for (String own : List.of("http://localhost:8080", "https://127.0.0.1", "http://[::1]:80")) {
            assertThat(new Endpoint("http", "127.0.0.1", here, Origins.NONE.withOwn(own)).isReachedByOthers())
                    .isFalse();
        }
    }

    @Test
    void aPortThatNeedsARightIsNoPortThatIsTaken() throws Exception {
        assumeTrue(Privileged.firstFree() > Privileged.PORT, "here every port is free to everybody");

        String said = Privileged.said();

        assertThat(said).startsWith("port_forbidden").contains(Integer.toString(Privileged.PORT), "right");
    }

    /** A process that must not listen there, whoever starts it. */
    static final class Privileged {
        private static final Path FIRST_FREE = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        static final int PORT = 81;

        private Privileged() {}

        public static void main(String[] none) {
            try {
                Endpoint.of(ServerOptions.onPort(PORT)).demandFree(PORT);
                System.out.println("it may");
            } catch (Refused e) {
                System.out.println(e.code() + " " + e.getMessage());
            }
        }

        /** The first port for which no right is needed; 0 where nobody says so. */
        static int firstFree() throws IOException {
            if (!Files.exists(FIRST_FREE)) return 0;
            // By a reader: such a file has no length, and is read once.
            try (var reader = Files.newBufferedReader(FIRST_FREE)) {
                return Integer.parseInt(reader.readLine().strip());
            }
        }

        static String said() throws IOException, InterruptedException {
            var command = new ArrayList<String>();
            if (System.getProperty("user.name").equals("root")) {
                command.addAll(List.of("setpriv", "--bounding-set=-net_bind_service"));
            }
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Privileged.class.getName()));
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            return said;
        }
    }
}
