package dev.holdfast.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Pauses or resumes a queue, or one lane of it. */
abstract class Pausing implements Callable<Integer> {
    private final String body;
    private final String done;

    @Mixin
    private Client client = new Client();

    @Parameters(paramLabel = "QUEUE", description = "Name of the queue.")
    private String queue = "";

    @Option(names = "--lane", paramLabel = "LANE", description = "Only this lane of it.")
    private @Nullable String lane;

    /**
     * @param body what is asked for
     * @param done what it is then
     */
    Pausing(String body, String done) {
        this.body = body;
        this.done = done;
    }

    @Override
    public Integer call() {
        var change = new QueueChange(queue, lane, body);
        String answer = change.ask(client);
        client.print(client.json() ? answer : change.what() + " is " + done);
        return Exit.OK;
    }
}
