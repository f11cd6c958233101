package dev.holdfast.peers;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/** One round of everything that is measured again and again, in one process on an empty database. */
final class Round {
    private static final Duration BACKLOG_LIMIT = Duration.ofMinutes(3);

    /** Clients that start a run now and then: some sixteen a second, if runs take no time. */
    private static final int SELDOM = 40;
    /** As long as the longest time between two looks of any peer. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Peer peer;
    private final Bodies bodies;
    private final Server server;
    private final Sheet sheet;
    private final Arguments arguments;
    private final AtomicLong numbers = new AtomicLong();

    Round(Peer peer, Bodies bodies, Server server, Sheet sheet, Arguments arguments) {
        this.peer = peer;
        this.bodies = bodies;
        this.server = server;
        this.sheet = sheet;
        this.arguments = arguments;
    }

    void go() throws Exception {
        int clients = arguments.number("clients");
        String noop = "no-op runs, " + clients + " in flight";
        double runs = throughput(noop, Work.NOOP, clients);
        OptionalDouble floor = peer.floor(arguments.seconds("seconds"));
        if (floor.isPresent()) {
            sheet.figure(noop, "the same rows by bare statements (floor)", "PER_SECOND", floor.getAsDouble());
            sheet.figure(noop, "of the floor", "RATIO", runs / floor.getAsDouble());
        }
        throughput("runs of " + Bodies.STEPS + " steps, " + clients + " in flight", Work.STEPS, clients);
        latency("a no-op run now and then", peer.direct());
        if (peer.queued().isPresent())
            latency("a no-op run now and then, through a queue", peer.queued().get());
        int backlog = arguments.number("backlog");
        backlog(String.format(Locale.ROOT, "a backlog of %,d no-op runs", backlog), Work.NOOP, backlog);
        int fewer = backlog / 4;
        backlog(
                String.format(Locale.ROOT, "a backlog of %,d runs of %d steps", fewer, Bodies.STEPS),
                Work.STEPS,
                fewer);
    }

    private double throughput(String load, Work work, int clients) throws Exception {
        server.checkpoint();
        new Load(bodies, numbers).go(peer.direct(), work, Load.Shape.busy(clients, arguments.seconds("warmup")));
        var measured = new Load(bodies, numbers);
        Cost before = Cost.now(server);
        Load.Done done = measured.go(peer.direct(), work, Load.Shape.busy(clients, arguments.seconds("seconds")));
        Cost cost = Cost.now(server).since(before);
        sheet.figure(load, "runs", "PER_SECOND", done.perSecond());
        cost.write(sheet, load, done.runs());
        return done.perSecond();
    }

    private void latency(String load, Peer.Start way) throws Exception {
        new Load(bodies, numbers)
                .go(
                        way,
                        Work.NOOP,
                        Load.Shape.busy(1, arguments.seconds("warmup").dividedBy(2)));
        var measured = new Load(bodies, numbers);
        measured.go(
                way,
                Work.NOOP,
                new Load.Shape(SELDOM, arguments.seconds("seconds").multipliedBy(2), PAUSE));
        measured.write(sheet, load);
    }

    /** From when all of them are durable: the rest of them, per second. */
    private void backlog(String load, Work work, int runs) throws Exception {
        bodies.forget();
        long before = bodies.endedRuns();
        long begun = System.nanoTime();
        peer.enqueue(
                work,
                LongStream.range(0, runs)
                        .mapToObj(i -> "old-" + numbers.incrementAndGet())
                        .toList());
        long durable = System.nanoTime();
        long left = before + runs - bodies.endedRuns();
        while (bodies.endedRuns() - before < runs) {
            if (System.nanoTime() - durable > BACKLOG_LIMIT.toNanos()) {
                throw new TimeoutException(
                        "after " + BACKLOG_LIMIT + " " + (bodies.endedRuns() - before) + " of " + runs + " have ended");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        long ended = System.nanoTime();
        sheet.figure(load, "made durable", "PER_SECOND", runs / ((durable - begun) / 1e9));
        sheet.figure(
                load, "executed, of those left when all were durable", "PER_SECOND", left / ((ended - durable) / 1e9));
        sheet.figure(load, "from the first start to the last end", "PER_SECOND", runs / ((ended - begun) / 1e9));
        bodies.forget();
    }

    /** What it has cost this process and the database. */
    private record Cost(double cpuSeconds, Server.Counts server) {
        static Cost now(Server server) throws SQLException {
            var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
            return new Cost(system.getProcessCpuTime() / 1e9, server.counts());
        }

        Cost since(Cost before) {
            return new Cost(cpuSeconds - before.cpuSeconds, server.since(before.server));
        }

        void write(Sheet sheet, String load, long runs) {
            sheet.figure(load, "statements per run", "FRACTION", server.statements() / runs);
            sheet.figure(load, "writing transactions per run", "FRACTION", server.writers() / runs);
            sheet.figure(load, "write-ahead log per run", "BYTES", server.walBytes() / runs);
            sheet.figure(load, "CPU per run, clients included", "MICROS", cpuSeconds * 1e6 / runs);
            sheet.figure(load, "CPU per run, PostgreSQL", "MICROS", server.cpuSeconds() * 1e6 / runs);
        }
    }
}
