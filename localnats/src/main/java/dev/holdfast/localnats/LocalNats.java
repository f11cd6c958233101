package dev.holdfast.localnats;

import dev.holdfast.localpg.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A NATS of our own: one server, or a cluster of them, with JetStream in files. Each can be killed, stopped and started again on
 * its ports without harm to anybody. They listen on the loopback interface only. They end with this process, however that ends: a
 * shell beside each waits for that.
 *
 * <pre>{@code
 * try (var nats = LocalNats.cluster(3)) {
 *   connect(nats.url());
 *   nats.server(0).kill();
 *   nats.server(0).start();
 * }
 * }</pre>
 *
 * <p>It needs an installed {@code nats-server}: see {@link Installed}.
 */
public final class LocalNats implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(10);

    private final Path folder;
    private final List<LocalServer> servers;

    private LocalNats(Path folder, List<LocalServer> servers) {
        this.folder = folder;
        this.servers = List.copyOf(servers);
    }

    /** One server in a folder of its own, which is removed in the end. */
    public static LocalNats single() {
        return single("");
    }

    /** @param configuration what else is to stand in its configuration */
    public static LocalNats single(String configuration) {
        return started(1, configuration);
    }

    /** So many servers that are one cluster, each in a folder of its own. */
    public static LocalNats cluster(int size) {
        return started(size, "");
    }

    private static LocalNats started(int size, String configuration) {
        Path binary = Installed.find().orElseThrow(() -> new IllegalStateException(Installed.MISSING));
        Path folder;
        try {
            folder = Files.createTempDirectory("holdfast-nats");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder for NATS: " + e.getMessage(), e);
        }
        var ports = Ports.free(3 * size);
        String routes = IntStream.range(0, size)
                .mapToObj(i -> "nats-route://127.0.0.1:" + ports.get(size + i))
                .collect(Collectors.joining(", "));
        var servers = new ArrayList<LocalServer>();
        for (int i = 0; i < size; i++) {
            String route = size == 1 ? "" : """
                cluster { name: "local", listen: "127.0.0.1:%d", routes: [%s] }
                """.formatted(ports.get(size + i), routes);
            var doors = new LocalServer.Doors(ports.get(i), ports.get(2 * size + i));
            servers.add(LocalServer.in(folder.resolve("server-" + i), binary, doors, route + configuration));
        }
        var nats = new LocalNats(folder, servers);
        try {
            servers.forEach(LocalServer::launch);
            servers.forEach(LocalServer::awaitReady);
            return nats;
        } catch (RuntimeException e) {
            nats.close();
            throw e;
        }
    }

    /** Where its servers are, with commas between. */
    public String url() {
        return servers.stream().map(LocalServer::url).collect(Collectors.joining(","));
    }

    /** One of them, from 0. */
    public LocalServer server(int index) {
        return servers.get(index);
    }

    public List<LocalServer> servers() {
        return servers;
    }

    /**
     * The one of a cluster that leads the stream, waiting for its election.
     *
     * @param stream what its name begins with
     */
    public LocalServer leader(String stream) {
        var leading = Pattern.compile(
                "\"name\":\\s*\"" + Pattern.quote(stream) + "[^\"]*\".*?\"leader\":\\s*\"([^\"]+)\"", Pattern.DOTALL);
        var found = new AtomicReference<LocalServer>();
        await("a leader of the stream " + stream, () -> {
            for (LocalServer asked : servers) {
                Matcher told = leading.matcher(asked.streams());
                if (told.find())
                    servers.stream().filter(s -> s.name().equals(told.group(1))).forEach(found::set);
            }
            return found.get() != null;
        });
        return found.get();
    }

    /** Kills them, and removes their folders. */
    @Override
    public void close() {
        servers.forEach(LocalServer::kill);
        try (var files = Files.walk(folder, new FileVisitOption[0])) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalStateException("cannot delete " + folder + ": " + e.getMessage(), e);
        }
    }

    static boolean answers(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static void await(String what, java.util.function.BooleanSupplier condition) {
        long until = System.nanoTime() + READY.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) throw new IllegalStateException(what + ": not within " + READY);
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    static boolean ended(Process process) {
        try {
            return process.waitFor(READY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while NATS was ending", e);
        }
    }
}
