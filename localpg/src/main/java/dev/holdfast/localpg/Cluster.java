package dev.holdfast.localpg;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The files of a server: {@code data} and {@code server.log} in one folder.
 *
 * @param bin the folder of the programs
 * @param account who owns the data
 */
record Cluster(Path folder, Path bin, Account account) {
    private static final String OURS = "holdfast.conf";
    private static final int STATUS = 7;
    /** An older server orders a whole database by what the machine has, which may be nothing but bytes. */
    private static final int ORDERS_BY_ICU = 15;

    private static final List<String> BY_LANGUAGE = List.of("--locale-provider=icu", "--icu-locale=en-US");

    static Cluster in(Path folder, Path bin) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder + ": " + e.getMessage(), e);
        }
        return new Cluster(folder.toAbsolutePath(), bin, Account.in(folder));
    }

    Path data() {
        return folder.resolve("data");
    }

    Path log() {
        return folder.resolve("server.log");
    }

    /** Makes an empty one, if there is none. */
    void make(Consumer<String> progress) {
        if (Files.exists(data().resolve("PG_VERSION"))) return;
        progress.accept("making a database cluster in " + folder);
        try {
            Files.createDirectories(data());
            account.give(folder);
            // Not synced, since only a machine that dies could take it; what the server writes later is.
            var command = new ArrayList<>(List.of(
                    Binaries.program(bin, "initdb"),
                    "--pgdata=" + data(),
                    "--username=" + LocalPostgres.USER,
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync"));
            if (Binaries.version(bin) >= ORDERS_BY_ICU) command.addAll(BY_LANGUAGE);
            var made = Command.run(account.command(command));
            if (!made.well()) throw new IllegalStateException("initdb failed in " + folder + ":\n" + made.output());
            Files.writeString(
                    data().resolve("postgresql.conf"), "\ninclude '" + OURS + "'\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a cluster in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** The command line of its server; what is set is written into the folder, where {@code ALTER SYSTEM} is stronger. */
    List<String> server(int port, Settings settings) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("listen_addresses", "127.0.0.1");
        parameters.put("unix_socket_directories", "");
        parameters.put("max_connections", "200");
        parameters.put("fsync", "on");
        parameters.put("synchronous_commit", "on");
        // In the folder, so that a server that was killed leaves nothing elsewhere.
        parameters.put("dynamic_shared_memory_type", "mmap");
        parameters.put("wal_retrieve_retry_interval", "200ms");
        parameters.put("log_line_prefix", "%m [%p] %a ");
        parameters.putAll(settings.parameters());
        write(parameters);
        return account.command(
                List.of(Binaries.program(bin, "postgres"), "-D", data().toString(), "-p", Integer.toString(port)));
    }

    private void write(Map<String, String> parameters) {
        String text = parameters.entrySet().stream()
                .map(p -> p.getKey() + " = '" + p.getValue().replace("'", "''") + "'\n")
                .collect(Collectors.joining());
        try {
            Files.writeString(data().resolve(OURS), text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the settings of " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Whether this very server accepts connections: it says so in a file. */
    boolean isReady(long postmaster) {
        try {
            List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
            return lines.size() > STATUS
                    && lines.getFirst().strip().equals(Long.toString(postmaster))
                    && lines.get(STATUS).strip().equals("ready");
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look after PostgreSQL in " + folder + ": " + e.getMessage(), e);
        }
    }

    long logSize() {
        try {
            return Files.exists(log()) ? Files.size(log()) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log() + ": " + e.getMessage(), e);
        }
    }

    String loggedSince(long size) {
        try {
            byte[] all = Files.exists(log()) ? Files.readAllBytes(log()) : new byte[0];
            return new String(
                    Arrays.copyOfRange(all, (int) Math.min(size, all.length), all.length), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log() + ": " + e.getMessage(), e);
        }
    }
}
