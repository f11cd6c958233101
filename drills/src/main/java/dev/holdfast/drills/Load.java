package dev.holdfast.drills;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;

/** Clients each of whom always has one run under way: when it has ended, they start the next. */
final class Load implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int LOOK_MILLIS = 150;
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /**
     * A run that was acknowledged.
     *
     * @param client who started it, from 0
     */
    record Job(int client, Client.Ack ack) {}

    private final Client client;
    private final String input;
    private final String name;
    private final AtomicInteger next = new AtomicInteger();
    private final List<Job> jobs = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    /**
     * @param input of each run
     * @param name of the load, unlike that of any other on this database
     */
    Load(Client client, String input, String name) {
        this.client = client;
        this.input = input;
        this.name = name;
    }

    Load begin(int clients) {
        for (int i = 0; i < clients; i++) {
            int who = i;
            threads.add(Thread.ofVirtual().name("client " + i).start(() -> work(who)));
        }
        return this;
    }

    private void work(int who) {
        try {
            while (!closed) {
                String key = name + "-" + next.incrementAndGet();
                var ack = client.start(new Client.Order("metronome", input, key, key));
                synchronized (jobs) {
                    jobs.add(new Job(who, ack));
                }
                awaitEnd(ack.run());
            }
        } catch (Client.RefusedException | IllegalStateException e) {
            synchronized (jobs) {
                troubles.add("client " + who + ": " + e.getMessage());
            }
        } catch (InterruptedException e) {
            // The drill was broken off.
        }
    }

    private void awaitEnd(String run) throws InterruptedException {
        Instant end = Instant.now().plus(LONGEST);
        while (!isFinished(run)) {
            if (Instant.now().isAfter(end)) {
                throw new IllegalStateException(run + " has not ended within " + LONGEST.toSeconds() + " s");
            }
            Thread.sleep(LOOK_MILLIS);
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
