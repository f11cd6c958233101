package dev.holdfast.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A small file system in memory: a disk that can be full, or read-only. */
record Mount(Path folder) implements AutoCloseable {
    /** Skips the test, with the reason, where mounting is not permitted. */
    static Mount of(Path folder, int megabytes) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString());
        Assumptions.assumeTrue(mounted, "needs the right to mount a tmpfs");
        return new Mount(folder);
    }

    void readOnly() throws IOException, InterruptedException {
        if (!run("mount", "-o", "remount,ro", folder.toString())) throw new IOException("cannot remount " + folder);
    }

    /** Leaves no room. */
    void fill() throws IOException {
        try (var out = Files.newOutputStream(filler())) {
            byte[] block = new byte[4_096];
            while (true) out.write(block);
        } catch (IOException full) {
            // That was the aim.
        }
    }

    void makeRoom() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(List.of(command))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    /** Lazily: a server that is still being killed may have files open. */
    @Override
    public void close() throws IOException {
        try {
            run("umount", "-l", folder.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
