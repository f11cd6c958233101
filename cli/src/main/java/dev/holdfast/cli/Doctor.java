package dev.holdfast.cli;

import dev.holdfast.sqlite.Inspection;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The checks of {@code holdfast doctor}. None of them changes anything. */
final class Doctor {
    private static final int JAVA = 25;

    private final Path data;
    private final Api api;

    Doctor(Path data, Api api) {
        this.data = data.toAbsolutePath().normalize();
        this.api = api;
    }

    List<Finding> examine() {
        var clocks = new Clocks();
        var findings = new ArrayList<Finding>();
        findings.add(java());
        findings.addAll(new FolderChecks(data).examine());
        var server = new ServerChecks(api);
        findings.addAll(server.examine());
        if (Files.isDirectory(data)) {
            findings.addAll(new LedgerChecks(Inspection.of(data), server, api.base()).examine());
        }
        findings.add(clocks.compare());
        return findings;
    }

    private static Finding java() {
        var version = Runtime.version();
        var flags = ManagementFactory.getRuntimeMXBean().getInputArguments();
        String what = "Java " + version + " (" + System.getProperty("java.vendor") + ")"
                + (flags.isEmpty() ? "" : ", started with " + String.join(" ", flags));
        if (version.feature() >= JAVA) return Finding.ok("java", what);
        return Finding.bad("java", what, "install a JDK " + JAVA + " or newer, and name it by HOLDFAST_JAVA_HOME");
    }
}
