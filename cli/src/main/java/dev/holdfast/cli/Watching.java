package dev.holdfast.cli;

/** Stays with a run that was started, to its end. */
final class Watching {
    private Watching() {}

    /** Prints the id of a run that was started, and nothing more. */
    static int started(Client client, String answer) {
        client.print(client.json() ? answer : Json.parse(answer).at("id").text());
        return Exit.OK;
    }

    /**
     * Prints what the run sends as it comes, and then its result.
     *
     * @param answer to the start
     */
    static int follow(Client client, Api api, String answer) {
        if (client.json()) client.print(answer);
        else client.err().println("run " + Json.parse(answer).at("id").text());
        return watch(client, api, answer, FramePrinter.of(client));
    }

    /** Waits for the end, and prints the result. */
    static int await(Client client, Api api, String answer) {
        return watch(client, api, answer, FramePrinter.silent());
    }

    private static int watch(Client client, Api api, String answer, FramePrinter printer) {
        String id = Json.parse(answer).at("id").text();
        client.follower().follow(id, null, printer);
        printer.close();
        String view =
                api.send(Api.Request.get("/v1/runs/" + id), Api.Patience.LONG).body();
        Json run = Json.parse(view);
        if (client.json()) client.print(view);
        else if (Outcomes.succeeded(run)) client.print(run.at("output").pretty());
        return Outcomes.exit(run, client);
    }
}
