package dev.holdfast.localpg;

import java.io.IOException;

/** A process that has a server and is killed: prints where the server is, and lives until then. */
final class Held {
    public static void main(String[] arguments) throws IOException {
        var server = LocalPostgres.temporary(Settings.standard());
        if (arguments[0].equals("paused")) server.pause();
        System.out.println(server.pid() + " " + server.log().getParent());
        if (System.in.read() >= 0) throw new IllegalStateException("nobody writes to us");
    }

    private Held() {}
}
