package dev.holdfast.cli;

import dev.holdfast.sqlite.Inspection;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks of {@code holdfast doctor}. None of them changes anything. */
final class Doctor {
    private static final int JAVA = 25;

    private final @Nullable Path data;
    private final @Nullable DatabaseChecks database;
    private final Api api;

    /**
     * @param data the folder; null if it is not looked at
     * @param database … nor this, if it is null
     */
    Doctor(@Nullable Path data, @Nullable DatabaseChecks database, Api api) {
        this.data = data == null ? null : data.toAbsolutePath().normalize();
        this.database = database;
        this.api = api;
    }

    List<Finding> examine() {
        var clocks = new Clocks();
        var findings = new ArrayList<Finding>();
        findings.add(java());
        if (data != null) findings.addAll(new FolderChecks(data).examine());
        if (database != null) findings.addAll(database.examine());
        var server = new ServerChecks(api);
        findings.addAll(server.examine());
        if (data != null && Files.isDirectory(data)) {
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
