package dev.holdfast.drills;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Clients each of whom always has one run under way: when it has ended, they start the next. */
final class Load implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /**
     * How fast everything goes. What is measured is not how much a machine can do: all of them together make a few hundred steps
     * and ask a hundred times a second, however many they are.
     *
     * @param beat between two steps of a run
     * @param look how often somebody asks for his run
     */
    record Pace(Duration beat, Duration look) {
        static Pace of(int clients) {
            return new Pace(
                    Duration.ofMillis(Math.max(50, clients * 4)), Duration.ofMillis(Math.max(150, clients * 10)));
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
     * @param client who started it, from 0
     */
    record Job(int client, Manner manner, Client.Ack ack) {}

    private final Client client;
    private final Diary diary;
    private final String name;
    private final Pace pace;
    private final AtomicInteger next = new AtomicInteger();
    private final List<Job> jobs = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    /**
     * @param diary into which the runs write
     * @param name of the load, unlike that of any other on this database
     */
    Load(Client client, Diary diary, String name, Pace pace) {
        this.client = client;
        this.diary = diary;
        this.name = name;
        this.pace = pace;
    }

    Diary diary() {
        return diary;
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

    private interface Work {
        void begin(int client) throws InterruptedException;
    }

    private void client(Work work) {
        int who = threads.size();
        threads.add(Thread.ofVirtual().name("client " + who).start(() -> live(who, work)));
    }

    private String body(String key, Manner manner) {
        ObjectNode body = JSON.createObjectNode();
        body.putObject("input")
                .put("beats", diary.beats())
                .put("millis", pace.beat().toMillis())
                .put("log", diary.file().toAbsolutePath().toString())
                .put("stays", manner == Manner.STAYS);
        return body.put("key", key).toString();
    }

    private void live(int who, Work work) {
        try {
            work.begin(who);
        } catch (Client.RefusedException | IllegalStateException e) {
            synchronized (jobs) {
                troubles.add("client " + who + ": " + e.getMessage());
            }
        } catch (InterruptedException e) {
            // The drill was broken off.
        }
    }

    private void run(int who, Manner manner) throws InterruptedException {
        String key = name + "-" + next.incrementAndGet();
        var ack = client.start("metronome", body(key, manner), key);
        synchronized (jobs) {
            jobs.add(new Job(who, manner, ack));
        }
        awaitEnd(ack.run());
    }

    private void awaitEnd(String run) throws InterruptedException {
        Instant end = Instant.now().plus(LONGEST);
        while (!isFinished(run)) {
            if (Instant.now().isAfter(end)) {
                throw new IllegalStateException(run + " has not ended within " + LONGEST.toSeconds() + " s");
            }
            Thread.sleep(pace.look());
        }
    }

    private boolean isFinished(String run) throws InterruptedException {
        var answer = client.get("/v1/runs/" + run);
        return JSON.readTree(answer.body()).path("state").asString("").equals("FINISHED");
    }

    /** What was acknowledged until now. */
    List<Job> jobs() {
        synchronized (jobs) {
            return List.copyOf(jobs);
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
        Instant end = Instant.now().plus(LONGEST);
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
