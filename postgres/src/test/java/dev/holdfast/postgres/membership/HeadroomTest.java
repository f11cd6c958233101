package dev.holdfast.postgres.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Which session of a node that is killed Linux ends first: see {@link Headroom}. */
@ProcessTest
@EnabledOnOs(OS.LINUX)
class HeadroomTest {
    /** Of a line of /proc/PID/net/tcp: the local port, and the number by which descriptors name the socket. */
    private static final Pattern SOCKET =
            Pattern.compile("\\s*\\d+: [0-9A-F]+:([0-9A-F]{4}) \\S+ \\S+ \\S+ \\S+ \\S+\\s+\\d+\\s+\\d+ (\\d+) .*");

    private static final String SESSIONS = "SELECT a.client_port, EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid"
            + " AND l.locktype = 'advisory' AND l.granted AND l.objid = %d) FROM pg_stat_activity a"
            + " WHERE a.application_name = 'holdfast/%1$d' AND a.datname = current_database()";

    private final Town town = Town.found();

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void theSessionWithTheLockHasTheHighestNumberOfAll() throws IOException {
        Outsider node = town.outside(Times.USUAL);
        Map<Integer, String> files = files(node.pid());
        Map<String, String> ports = ports(node.pid());
        var others = new ArrayList<Integer>();
        var locks = new ArrayList<Integer>();
        for (var session : town.server.query(town.name(), SESSIONS.formatted(node.number()))) {
            String port = String.valueOf(session.getFirst());
            int number = files.entrySet().stream()
                    .filter(file -> port.equals(ports.get(file.getValue())))
                    .mapToInt(Map.Entry::getKey)
                    .findFirst()
                    .orElseThrow();
            ("t".equals(session.getLast()) ? locks : others).add(number);
        }
        int lock = locks.getFirst();
        assertThat(others)
                .as("the numbers of the three other sessions")
                .hasSize(3)
                .allMatch(number -> number < lock);
        assertThat(files.keySet().stream().filter(number -> number < lock))
                .as("what is open below it")
                .hasSizeLessThan(lock - 80);
    }

    /** What each number stands for. */
    private static Map<Integer, String> files(long pid) throws IOException {
        var files = new HashMap<Integer, String>();
        try (var all = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path each : all)
                target(each)
                        .ifPresent(file ->
                                files.put(Integer.parseInt(each.getFileName().toString()), file));
        }
        return files;
    }

    private static Optional<String> target(Path link) throws IOException {
        try {
            return Optional.of(Files.readSymbolicLink(link).toString());
        } catch (NoSuchFileException e) {
            // Closed meanwhile.
            return Optional.empty();
        }
    }

    /** The local ports of sockets, which are named as files are. */
    private static Map<String, String> ports(long pid) throws IOException {
        var ports = new HashMap<String, String>();
        for (String protocol : new String[] {"tcp", "tcp6"}) {
            Path table = Path.of("/proc", Long.toString(pid), "net", protocol);
            if (!Files.exists(table)) continue;
            for (String line : Files.readAllLines(table)) {
                var socket = SOCKET.matcher(line);
                if (socket.matches())
                    ports.put("socket:[" + socket.group(2) + "]", "" + Integer.parseInt(socket.group(1), 16));
            }
        }
        return ports;
    }
}
