package dev.holdfast.examples.model;

import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;

/** The scripted model as a program: {@code Serve [--port N]}. */
public final class Serve {
    private static final String USAGE = """
            usage: Serve [--port N]
            An OpenAI-compatible endpoint whose answers follow from the prompt. Prints its base URL in a line of its own.
            """;
    private static final int LAST_PORT = 65_535;
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private Serve() {}

    /** Serves until the process is ended. */
    public static void main(String[] arguments) throws InterruptedException {
        OptionalInt port = port(arguments);
        if (port.isEmpty()) {
            System.err.print(USAGE + ScriptedModel.HINTS);
            System.exit(WRONG_USAGE);
        }
        try {
            System.out.println(ScriptedModel.start(port.getAsInt()).url());
        } catch (IOException e) {
            System.err.println("Port " + port.getAsInt() + " of 127.0.0.1 cannot be had (" + e.getMessage()
                    + "). Name another one: --port 0 takes any that is free.");
            System.exit(FAILED);
        }
        new CountDownLatch(1).await();
    }

    /** Empty if the arguments are wrong. */
    static OptionalInt port(String... arguments) {
        if (arguments.length == 0) return OptionalInt.of(0);
        boolean one = arguments.length == 2 && arguments[0].equals("--port") && arguments[1].matches("\\d{1,5}");
        int port = one ? Integer.parseInt(arguments[1]) : LAST_PORT + 1;
        return port <= LAST_PORT ? OptionalInt.of(port) : OptionalInt.empty();
    }
}
