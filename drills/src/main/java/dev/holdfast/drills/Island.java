package dev.holdfast.drills;

import dev.holdfast.localpg.Command;
import dev.holdfast.localpg.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A network of its own beside ours, and the only link between the two, which can be cut: one node lives there, and
 * everything else here. What is lost is lost without a word, as when a cable is pulled.
 *
 * <p>{@link Apart} says where that is possible.
 */
final class Island implements AutoCloseable {
    private static final String HERE = "10.77.0.1";
    private static final String THERE = "10.77.0.2";
    private static final String END_HERE = "holdfast0";
    private static final String END_THERE = "holdfast1";
    /** Nobody has it: what is sent to it goes into the link and is taken by nobody. */
    private static final String NOBODY = "02:00:00:00:00:01";

    /** What of the link is lost. */
    enum Cut {
        ALL(Strike.Kind.CUT),
        /** What the node sends. */
        SENT(Strike.Kind.MUTE),
        /** What the node is sent. */
        HEARD(Strike.Kind.DEAF);

        private final Strike.Kind kind;

        Cut(Strike.Kind kind) {
            this.kind = kind;
        }

        Strike.Kind kind() {
            return kind;
        }
    }

    private final Process keeper;

    private Island(Process keeper) {
        this.keeper = keeper;
    }

    /** @throws IllegalStateException if that is not possible here */
    static Island beside() {
        try {
            // Lives as long as we do: it reads what we never write.
            var keeper = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo here; read -r end").start();
            var island = new Island(keeper);
            try {
                keeper.inputReader().readLine();
                island.connect();
                return island;
            } catch (IOException | RuntimeException e) {
                island.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no network of a node's own: " + e.getMessage(), e);
        }
    }

    private void connect() {
        here("link", "set", "lo", "up");
        here("link", "add", END_HERE, "type", "veth", "peer", "name", END_THERE, "netns", "" + keeper.pid());
        here("address", "add", HERE + "/30", "dev", END_HERE);
        here("link", "set", END_HERE, "up");
        there("link", "set", "lo", "up");
        there("address", "add", THERE + "/30", "dev", END_THERE);
        there("link", "set", END_THERE, "up");
    }

    /** A database on this side that the island reaches, too. */
    Database database(Consumer<String> progress, Path folder) throws IOException {
        Path trusted = Files.writeString(
                folder.resolve("pg_hba.conf"),
                "host all all 127.0.0.1/32 trust\nhost all all %s/32 trust\n".formatted(THERE));
        return Database.own(Settings.standard()
                .telling(progress)
                .with("listen_addresses", "127.0.0.1," + HERE)
                .with("hba_file", trusted.toAbsolutePath().toString()));
    }

    /** As that program, but that the node of this label lives here. */
    Program program(Program program, String label) {
        return new Program() {
            @Override
            public ServerProcess.Setup node(Database database, String name, int port, Path log) {
                return name.equals(label)
                        ? program.node(database.at(HERE), name, port, log).under(inside())
                        : program.node(database, name, port, log);
            }

            @Override
            public boolean isReached(String name) {
                return !name.equals(label);
            }
        };
    }

    void cut(Cut cut) {
        switch (cut) {
            case ALL -> here("link", "set", END_HERE, "down");
            case SENT -> there("neighbour", "replace", HERE, "lladdr", NOBODY, "dev", END_THERE, "nud", "permanent");
            case HEARD -> here("neighbour", "replace", THERE, "lladdr", NOBODY, "dev", END_HERE, "nud", "permanent");
        }
    }

    void mend(Cut cut) {
        switch (cut) {
            case ALL -> here("link", "set", END_HERE, "up");
            case SENT -> there("neighbour", "delete", HERE, "dev", END_THERE);
            case HEARD -> here("neighbour", "delete", THERE, "dev", END_HERE);
        }
    }

    private List<String> inside() {
        return List.of("nsenter", "--net=/proc/" + keeper.pid() + "/ns/net");
    }

    private static void here(String... what) {
        ip(List.of(), what);
    }

    private void there(String... what) {
        ip(inside(), what);
    }

    private static void ip(List<String> where, String... what) {
        var command = new ArrayList<>(where);
        command.add("ip");
        command.addAll(List.of(what));
        var ended = Command.run(command);
        if (!ended.well()) {
            throw new IllegalStateException("'" + String.join(" ", command) + "' failed: "
                    + ended.output().strip());
        }
    }

    /** The link goes with its network. */
    @Override
    public void close() {
        keeper.destroyForcibly();
    }
}
