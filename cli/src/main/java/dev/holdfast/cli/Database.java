package dev.holdfast.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The database that nodes share. Its URL may have a password in it, which everybody on a machine sees of a command line. */
final class Database {
    @Option(
            names = "--postgres",
            paramLabel = "URL",
            defaultValue = "${env:HOLDFAST_POSTGRES}",
            description =
                    "postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full, or jdbc:postgresql://…. Default:"
                            + " $HOLDFAST_POSTGRES, which keeps the password off the command line.")
    private @Nullable String url;

    String url() {
        if (url != null && !url.isEmpty()) return url;
        throw Failure.usage(
                "usage",
                "name the database that the nodes share: --postgres URL, or HOLDFAST_POSTGRES in the environment");
    }
}
