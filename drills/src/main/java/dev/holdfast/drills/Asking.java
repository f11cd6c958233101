package dev.holdfast.drills;

import dev.holdfast.drills.Client.Ack;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;

/**
 * How the clients of a drill ask for runs. Whoever was not answered asks again under the same request id, and must be given
 * the run that there is. That hardly ever happens by itself, and so a share of all starts is asked for twice whatever the answer
 * was.
 */
final class Asking {
    private static final String TASK = "metronome";

    /** In which way a start is asked for again. */
    enum Again {
        NEVER,
        /** At the same moment, at another node. */
        AT_ONCE,
        /** At the same moment, at another node, by another request with the same business key. */
        SAME_KEY,
        /** When its run has ended. */
        AT_THE_END,
        /** First at a node that is about to be killed, then elsewhere. */
        OVER_A_KILL;

        private static final List<Again> TURNS = List.of(NEVER, AT_ONCE, SAME_KEY, AT_THE_END);

        /** Of the start with this number. */
        static Again of(int number) {
            return TURNS.get(number % TURNS.size());
        }
    }

    /**
     * What is asked for, however often: one run.
     *
     * @param client who asks, from 0
     * @param manner of the run
     * @param request its id, which is also a tag of the run
     * @param body of the request
     */
    record Order(int client, Load.Manner manner, String request, String body, Again again) {}

    private final Fleet fleet;
    private final Duration patience;
    private final BiConsumer<Order, Ack> answers;
    private final Map<Again, Integer> done = new EnumMap<>(Again.class);

    /** @param answers is told of each */
    Asking(Fleet fleet, Duration patience, BiConsumer<Order, Ack> answers) {
        this.fleet = fleet;
        this.patience = patience;
        this.answers = answers;
    }

    /**
     * Asks for a run.
     *
     * @return the first answer
     */
    Ack ask(Order order) throws InterruptedException {
        return switch (order.again()) {
            case AT_ONCE -> both(order, order.request());
            case SAME_KEY -> both(order, order.request() + "-too");
            case NEVER, AT_THE_END, OVER_A_KILL -> one(order);
        };
    }

    /** Asks this node, which is killed meanwhile, and then others, whether or not it has answered. */
    Ack askAt(Node doomed, Order order) throws InterruptedException {
        Ack ack = answered(order, start(doomed, order, order.request()));
        one(order);
        count(order);
        return ack;
    }

    /** Asks once more, if this order is one of those. */
    void askAtTheEnd(Order order) throws InterruptedException {
        if (order.again() != Again.AT_THE_END) return;
        one(order);
        count(order);
    }

    private Ack one(Order order) throws InterruptedException {
        return answered(order, start(fleet.two().getFirst(), order, order.request()));
    }

    private Ack both(Order order, String otherRequest) throws InterruptedException {
        List<Node> two = fleet.two();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var other = threads.submit(() -> start(two.getLast(), order, otherRequest));
            Ack ack = answered(order, start(two.getFirst(), order, order.request()));
            answered(order, other.get());
            count(order);
            return ack;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException why) throw why;
            throw new IllegalStateException(e);
        }
    }

    /** First at this node; if it does not answer, elsewhere. */
    private Ack start(Node first, Order order, String request) throws InterruptedException {
        return new Client(fleet.from(first), patience).start(TASK, order.body(), request);
    }

    private Ack answered(Order order, Ack ack) {
        answers.accept(order, ack);
        return ack;
    }

    private synchronized void count(Order order) {
        done.merge(order.again(), 1, Integer::sum);
    }

    /** How many starts were asked for again in this way, and answered. */
    synchronized int times(Again again) {
        return done.getOrDefault(again, 0);
    }
}
