package dev.holdfast.localpg;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Who PostgreSQL is run as, since it refuses to be run by root.
 *
 * <p>An ordinary user runs it as it is. Root runs it in a user namespace of its own, where it is nobody and the files
 * are still ours; where that is not allowed (many containers), as the user {@code nobody}, to whom the files are given.
 */
enum Account {
    OURSELVES(""),
    NAMESPACE("unshare --user"),
    NOBODY("setpriv --reuid=65534 --regid=65534 --clear-groups");

    private static final int ROOT = 0;
    private final String prefix;

    Account(String prefix) {
        this.prefix = prefix;
    }

    /** The one that works for what we make in this folder. */
    static Account in(Path folder) {
        if (!isRoots(folder)) return OURSELVES;
        if (NAMESPACE.works()) return NAMESPACE;
        if (NOBODY.works()) return NOBODY;
        throw new IllegalStateException("PostgreSQL refuses to be run by root, and neither 'unshare --user' nor"
                + " 'setpriv' works here: run this as an ordinary user");
    }

    private static boolean isRoots(Path folder) {
        try {
            Path probe = Files.createTempFile(folder, "owner", ".probe");
            Object owner = Files.getAttribute(probe, "unix:uid");
            Files.delete(probe);
            return owner.equals(ROOT);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + folder + ": " + e.getMessage(), e);
        }
    }

    boolean works() {
        return Command.run(command(List.of("true"))).well();
    }

    /** That command line, run by this account. */
    List<String> command(List<String> command) {
        var whole = new ArrayList<String>();
        if (!prefix.isEmpty()) whole.addAll(List.of(prefix.split(" ", -1)));
        whole.addAll(command);
        return List.copyOf(whole);
    }

    /** Makes this tree, which we have written, its own. */
    void give(Path tree) {
        if (this != NOBODY) return;
        var given = Command.run("chown", "-R", "65534:65534", tree.toString());
        if (!given.well()) throw new IllegalStateException("cannot give " + tree + " to nobody: " + given.output());
        var reached = Command.run(command(List.of("test", "-w", tree.toString())));
        if (!reached.well()) {
            throw new IllegalStateException("PostgreSQL is run as nobody here, who cannot reach " + tree
                    + ": a folder above it may only be entered by root. Choose another place, or run this as an"
                    + " ordinary user");
        }
    }
}
