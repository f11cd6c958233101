package dev.holdfast.cli;

import java.io.PrintWriter;
import java.util.Locale;

/** What the end of a run means for a command. */
final class Outcomes {
    private Outcomes() {}

    static boolean succeeded(Json run) {
        return run.at("outcome").text().equals("SUCCEEDED");
    }

    /** Says on stderr why a run did not succeed. */
    static int exit(Json run, Client client) {
        if (succeeded(run)) return Exit.OK;
        String outcome = run.at("outcome").text().toLowerCase(Locale.ROOT).replace('_', ' ');
        String message = run.at("error").at("message").text();
        var failure = Failure.notSucceeded(
                "run " + run.at("id").text() + " ended " + outcome + (message.isEmpty() ? "" : ": " + message));
        PrintWriter err = client.err();
        err.println(client.json() ? failure.json() : "holdfast: " + failure.detail());
        err.flush();
        return Exit.NOT_SUCCEEDED;
    }
}
