package dev.holdfast.drills;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that start no-op runs all the time, whatever happens to the server. Each business key is asked for by two of
 * them, at about the same time, in two requests: both must be given the same run.
 */
final class Shop implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(60);

    /** An answered start. */
    record Sale(String key, Client.Ack ack) {}

    private final Client client;
    private final AtomicInteger next = new AtomicInteger();
    private final List<Sale> sales = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    Shop(Client client, int clients) {
        this.client = client;
        for (int i = 0; i < clients; i++) {
            threads.add(Thread.ofVirtual().name("client " + i).start(this::sell));
        }
    }

    private void sell() {
        try {
            while (!closed) {
                int number = next.getAndIncrement();
                String key = "order-" + number / 2;
                var order = new Client.Order("noop", "{\"order\":" + number / 2 + "}", key, "request-" + number);
                Client.Ack ack = client.start(order);
                synchronized (sales) {
                    sales.add(new Sale(key, ack));
                }
                Thread.sleep(PAUSE);
            }
        } catch (Client.RefusedException | IllegalStateException e) {
            synchronized (sales) {
                troubles.add("a client of no-op runs: " + e.getMessage());
            }
        } catch (InterruptedException e) {
            // The drill was broken off.
        }
    }

    int soFar() {
        synchronized (sales) {
            return sales.size();
        }
    }

    /** Lets every client finish the request that it is at. */
    void stop(Duration limit) throws InterruptedException {
        closed = true;
        for (Thread thread : threads) {
            if (!thread.join(limit)) thread.interrupt();
        }
    }

    List<Sale> sales() {
        synchronized (sales) {
            return List.copyOf(sales);
        }
    }

    /** What clients were refused or not answered, as sentences. */
    List<String> troubles() {
        synchronized (sales) {
            return List.copyOf(troubles);
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
