package dev.holdfast.testkit.world;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Engine;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How a client asks: under a request id, again and again until it is answered. */
final class Connection {
    private static final Duration AGAIN = Duration.ofMillis(150);

    private final World world;
    private final String client;
    private int requests;

    /** @param client by which its requests are told from those of others */
    Connection(World world, String client) {
        this.world = world;
        this.client = client;
    }

    /** A new request id. */
    String request(String verb) {
        return verb + " " + client + "." + ++requests;
    }

    /** Null if it is refused. */
    <T> @Nullable T ask(String what, Function<Engine, T> request) throws InterruptedException {
        while (true) {
            try {
                return world.crew().node().ask(what, request);
            } catch (Refused e) {
                return null;
            } catch (Unavailable e) {
                world.turns().sleep(AGAIN);
            }
        }
    }

    /** Whether it was not refused. */
    boolean tell(String what, Consumer<Engine> request) throws InterruptedException {
        Boolean done = ask(what, engine -> {
            request.accept(engine);
            return true;
        });
        return done != null;
    }
}
