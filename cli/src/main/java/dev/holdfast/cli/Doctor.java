package dev.holdfast.cli;

import dev.holdfast.sqlite.Inspection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The checks of {@code holdfast doctor}. None of them changes anything. */
final class Doctor {
    private static final int JAVA = 25;
    private static final long ENOUGH = 1_000_000_000L;
    private static final long TOO_LITTLE = 50_000_000L;
    private static final Duration SKEW = Duration.ofSeconds(2);

    private final Path data;
    private final Api api;

    Doctor(Path data, Api api) {
        this.data = data;
        this.api = api;
    }

    List<Finding> examine() {
        var findings = new ArrayList<Finding>();
        findings.add(java());
        findings.addAll(folder());
        findings.addAll(server());
        return findings;
    }

    private static Finding java() {
        var version = Runtime.version();
        String what = "Java " + version + " (" + System.getProperty("java.vendor") + ")";
        if (version.feature() >= JAVA) return Finding.ok("java", what);
        return Finding.bad("java", what, "install a JDK " + JAVA + " or newer, and name it by HOLDFAST_JAVA_HOME");
    }

    private List<Finding> folder() {
        var findings = new ArrayList<Finding>();
        Path shown = data.toAbsolutePath().normalize();
        Path there = shown;
        while (!Files.exists(there) && there.getParent() != null) there = there.getParent();
        if (Files.exists(shown) && !Files.isDirectory(shown)) {
            return List.of(Finding.bad("folder", shown + " is not a folder", "name another one by --data"));
        }
        if (!Files.isWritable(there)) {
            findings.add(Finding.bad(
                    "folder",
                    there + " cannot be written",
                    "give this user the right to write there, or name another folder by --data"));
        } else if (!there.equals(shown)) {
            findings.add(Finding.ok("folder", shown + " is not there yet; 'holdfast dev' makes it"));
        } else {
            findings.add(Finding.ok("folder", shown + " can be written"));
        }
        findings.add(space(there));
        if (there.equals(shown)) findings.add(database(Inspection.of(shown)));
        return findings;
    }

    private static Finding space(Path folder) {
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            String what = free / 1_000_000 + " MB are free at " + folder;
            if (free >= ENOUGH) return Finding.ok("space", what);
            String fix = "make room: when the disk is full, nothing can be started or recorded";
            return free < TOO_LITTLE ? Finding.bad("space", what, fix) : Finding.hint("space", what, fix);
        } catch (IOException e) {
            return Finding.hint("space", "the free space at " + folder + " is unknown: " + e.getMessage(), "");
        }
    }

    private static Finding database(Inspection inspection) {
        return switch (inspection.state()) {
            case EMPTY, HEALTHY -> Finding.ok("database", inspection.detail());
            case IN_USE -> Finding.ok("database", inspection.detail());
            case BROKEN ->
                Finding.bad(
                        "database", inspection.detail(), "see the message; a copy of the folder keeps what is there");
        };
    }

    private List<Finding> server() {
        long begun = System.nanoTime();
        try {
            Api.Answer answer = api.ready();
            var took = Duration.ofNanos(System.nanoTime() - begun);
            var findings = new ArrayList<Finding>();
            findings.add(
                    answer.status() == 200
                            ? Finding.ok("server", api.base() + " is ready (" + took.toMillis() + " ms)")
                            : Finding.hint(
                                    "server",
                                    api.base() + " is not ready: "
                                            + answer.body().strip(),
                                    "ask again in a moment"));
            findings.add(clock(answer.date()));
            return findings;
        } catch (IOException e) {
            String what = "no answer from " + api.base() + " (" + e.getMessage() + ")";
            return List.of(Finding.hint("server", what, "start one with 'holdfast dev', or name another one by --url"));
        }
    }

    private static Finding clock(Instant server) {
        // The header has whole seconds.
        Duration apart = Duration.between(server, Instant.now()).abs();
        if (apart.minusSeconds(1).compareTo(SKEW) < 0) return Finding.ok("clock", "it agrees with the server's");
        return Finding.bad("clock", "it is " + apart.toSeconds() + " s off the server's", "let both keep time by NTP");
    }
}
