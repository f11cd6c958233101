package dev.holdfast.localnats;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The {@code nats-server} of this machine: on the PATH, or where packages put it. */
public final class Installed {
    /** What to do if there is none. */
    public static final String MISSING =
            "nats-server is not installed on this machine: on Debian 'apt-get install nats-server',"
                    + " elsewhere from nats.io, and put it on the PATH";

    private Installed() {}

    public static Optional<Path> find() {
        String path = System.getenv("PATH");
        Stream<String> folders = Stream.concat(
                Stream.of((path == null ? "" : path).split(File.pathSeparator)),
                Stream.of("/usr/sbin", "/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"));
        return folders.filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "nats-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
