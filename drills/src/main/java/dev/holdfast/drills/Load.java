package dev.holdfast.drills;

import dev.holdfast.drills.Asking.Again;
import dev.holdfast.drills.Asking.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Clients each of whom always has one run under way: when it has ended, they start the next. */
final class Load implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    /** Beside what the steps of a run take by themselves, and what is done again when a node is gone. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /**
     * How fast everything goes. What is measured is not how much a machine can do: if nobody says otherwise, all of them together
     * make a few hundred steps and ask a hundred times a second, however many they are.
     *
     * @param beat between two steps of a run
     * @param look how often somebody asks for his run
     */
    record Pace(Duration beat, Duration look) {
        static Pace of(int clients) {
            return with(Duration.ofMillis(Math.max(50, clients * 4)));
        }

        static Pace with(Duration beat) {
            return new Pace(beat, Duration.ofMillis(Math.max(150, beat.toMillis() * 5 / 2)));
        }
    }

    /** What the code of a run does when it is told to leave. */
    enum Manner {
        LEAVES,
        STAYS
    }

    /**
     * A run that was acknowledged.
     *
     * @param order for which it was made
     * @param ack the first one
     */
    record Job(Order order, Client.Ack ack) {
        String run() {
            return ack.run();
        }
    }

    /** So many clients ask a node that is about to be killed. */
    static final int AT_DOOMED = 2;

    private final Client client;
    private final Asking asking;
    private final Diary diary;
    private final String name;
    private final Pace pace;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final Set<String> done = new HashSet<>();
    private final List<String> troubles = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    /**
     * @param patience of its clients
     * @param diary into which the runs write
     * @param name of the load, unlike that of any other on this database, and a tag of all its runs
     */
    Load(Fleet fleet, Duration patience, Diary diary, String name, Pace pace) {
        this.client = new Client(fleet, patience);
        this.asking = new Asking(fleet, patience, this::answered);
        this.diary = diary;
        this.name = name;
        this.pace = pace;
    }

    Diary diary() {
        return diary;
    }

    String name() {
        return name;
    }

    Asking asking() {
        return asking;
    }

    /** Clients who come and stay. */
    void begin(int clients) {
        for (int i = 0; i < clients; i++)
            client(who -> {
                while (!closed) run(who, Manner.LEAVES);
            });
    }

    /** Clients who have one run each, so that for a moment there is more to do than usual. */
    void burst(int clients, Manner manner) {
        for (int i = 0; i < clients; i++) client(who -> run(who, manner));
    }

    /** Clients who ask each of these nodes for a run, while it is killed, and others for the same one. */
    void askAt(List<Node> doomed) {
        for (Node node : doomed) {
            for (int i = 0; i < AT_DOOMED; i++)
                client(who -> {
                    var order = order(who, Manner.LEAVES, Again.OVER_A_KILL);
                    awaitEnd(asking.askAt(node, order).run());
                });
        }
    }

    private interface Work {
        void begin(int client) throws InterruptedException;
    }

    private void client(Work work) {
        int who = threads.size();
        threads.add(Thread.ofVirtual().name("client " + who).start(() -> live(who, work)));
    }

    private Order order(int who, Manner manner, Again again) {
        return order(who, manner, again, name + "-" + next.incrementAndGet());
    }

    private Order order(int who, Manner manner, Again again, String request) {
        ObjectNode body = JSON.createObjectNode();
        body.putObject("input")
                .put("beats", diary.beats())
                .put("millis", pace.beat().toMillis())
                .put("log", diary.file().toAbsolutePath().toString())
                .put("stays", manner == Manner.STAYS);
        body.putArray("tags").add(name).add(request);
        // The others have none: it would keep a second run away by itself.
        if (again == Again.SAME_KEY) body.put("key", request);
        return new Order(who, manner, request, body.toString(), again);
    }

    private void live(int who, Work work) {
        try {
            work.begin(who);
        } catch (InterruptedException e) {
            // The drill was broken off.
        } catch (RuntimeException e) {
            synchronized (jobs) {
                troubles.add("client " + who + ": " + Trouble.of(e));
            }
        }
    }

    private void run(int who, Manner manner) throws InterruptedException {
        int number = next.incrementAndGet();
        var order = order(who, manner, Again.of(number), name + "-" + number);
        String run = asking.ask(order).run();
        awaitEnd(run);
        asking.askAtTheEnd(order);
        synchronized (jobs) {
            done.add(run);
        }
    }

    /** Of whoever asks twice and is given two runs, both are looked at. */
    private void answered(Order order, Client.Ack ack) {
        synchronized (jobs) {
            jobs.putIfAbsent(ack.run(), new Job(order, ack));
        }
    }

    private void awaitEnd(String run) throws InterruptedException {
        Instant end = Instant.now().plus(longest());
        while (!isFinished(run)) {
            if (Instant.now().isAfter(end)) {
                throw new IllegalStateException(
                        run + " has not ended within " + longest().toSeconds() + " s");
            }
            Thread.sleep(pace.look());
        }
    }

    private Duration longest() {
        return LONGEST.plus(lasts().multipliedBy(2));
    }

    /** How long a run takes to which nothing happens. */
    Duration lasts() {
        return pace.beat().multipliedBy(diary.beats());
    }

    private boolean isFinished(String run) throws InterruptedException {
        var answer = client.get("/v1/runs/" + run);
        return JSON.readTree(answer.body()).path("state").asString("").equals("FINISHED");
    }

    /** What was acknowledged until now. */
    List<Job> jobs() {
        synchronized (jobs) {
            return List.copyOf(jobs.values());
        }
    }

    /** Those of them that have ended and of which nobody wants to know any more. */
    List<Job> done() {
        synchronized (jobs) {
            return jobs.values().stream()
                    .filter(job -> done.contains(job.run()))
                    .toList();
        }
    }

    /** What clients were refused or not answered, as sentences. */
    List<String> troubles() {
        synchronized (jobs) {
            return List.copyOf(troubles);
        }
    }

    /** Nothing more is started; waits for the end of what was. */
    void finish() throws InterruptedException {
        closed = true;
        Instant end = Instant.now().plus(longest());
        for (Thread thread : threads) {
            Duration left = Duration.between(Instant.now(), end);
            if (!left.isPositive() || !thread.join(left)) thread.interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
