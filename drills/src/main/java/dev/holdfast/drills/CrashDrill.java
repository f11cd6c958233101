package dev.holdfast.drills;

import dev.holdfast.localpg.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code kill -9} at random moments. The drill starts a server of its own, gives it word counts that take longer than
 * all kills together, lets clients start no-op runs all the time, and kills the process again and again while attempts
 * execute. When everything has ended it asks for all that can be seen from outside and
 * checks the promises on it.
 */
final class CrashDrill {
    private static final int STEP_MILLIS = 100;

    private static final int CLIENTS = 4;
    private static final int SHORTEST_LIFE = 300;
    private static final int LONGEST_LIFE = 1_500;
    /** For the first step of a life and the last one. */
    private static final int WAITS = 300;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * @param runs how many word counts
     * @param kills how often the process is killed
     * @param seed of the moments and of the files
     * @param folder for everything the drill writes; is there, and empty
     * @param store of the server
     */
    record Plan(int runs, int kills, long seed, Path folder, Store store) {
        /** So many that the work outlasts the kills. */
        int files() {
            int lives = kills * ((SHORTEST_LIFE + LONGEST_LIFE) / 2 + WAITS) + LONGEST_LIFE;
            return lives / STEP_MILLIS;
        }

        Path tree(int run) {
            return folder.resolve("files").resolve("count-" + run);
        }
    }

    /** Where runs are. */
    enum Store {
        /** One file, of one process: {@code holdfast dev}. */
        SQLITE,
        /** A database of the drill's own, in which each life is another node: {@code holdfast server}. */
        POSTGRES
    }

    /** A word count under way. */
    record Count(String run, Path tree, Watcher early) {}

    private final Plan plan;
    private final Progress progress;
    private final Random random;
    private final List<ServerProcess> lives = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();

    CrashDrill(Plan plan, Progress progress) {
        this.plan = plan;
        this.progress = progress;
        this.random = new Random(plan.seed());
    }

    /**
     * Does it all.
     *
     * @throws IllegalStateException if the server does not even start on an empty folder
     */
    Report run() throws InterruptedException {
        progress.say("writing " + plan.runs() * plan.files() + " files to count");
        for (int i = 1; i <= plan.runs(); i++) Tree.generate(plan.tree(i), plan.files(), random);
        Path log = plan.folder().resolve("server.log");
        try (var database = plan.store() == Store.POSTGRES ? Database.of(null, progress::say) : null) {
            var setup = database == null
                    ? new ServerProcess.Setup(plan.folder().resolve("data"), Ports.free(), log)
                    : Program.server().node(database, "crash", Ports.free(), log);
            return run(setup);
        } finally {
            progress.end();
        }
    }

    private Report run(ServerProcess.Setup setup) throws InterruptedException {
        progress.say("starting the server");
        lives.add(ServerProcess.start(setup));
        try {
            return against(setup, new Client(new Api(lives.getFirst().awaitReady(PATIENCE)), PATIENCE));
        } finally {
            lives.forEach(ServerProcess::close);
        }
    }

    private Report against(ServerProcess.Setup setup, Client client) throws InterruptedException {
        try (var shop = new Shop(client, CLIENTS)) {
            List<Count> counts = startCounts(client);
            killAgainAndAgain(setup, client, counts, shop);
            awaitEnds(counts, shop);
            shop.stop(PATIENCE);
            progress.say("looking at everything again");
            return new Findings(plan, client, counts, shop.sales()).report(lives, concat(troubles, shop.troubles()));
        }
    }

    private List<Count> startCounts(Client client) throws InterruptedException {
        var counts = new ArrayList<Count>();
        for (int i = 1; i <= plan.runs(); i++) {
            String path = plan.tree(i).toString().replace("\\", "\\\\");
            String input = "{\"path\":\"%s\",\"glob\":\"**/*.md\",\"delayMs\":%d}".formatted(path, STEP_MILLIS);
            var ack = client.start(new Client.Order("wordcount", input, "count-" + i, "count-request-" + i));
            counts.add(new Count(ack.run(), plan.tree(i), Watcher.attach("early", client.api(), ack.run())));
        }
        return counts;
    }

    private void killAgainAndAgain(ServerProcess.Setup setup, Client client, List<Count> counts, Shop shop)
            throws InterruptedException {
        try {
            for (int kill = 1; kill <= plan.kills(); kill++) {
                ServerProcess server = lives.getLast();
                awaitRandomMoment(server, client, counts);
                server.kill();
                progress.say("kill -9 " + server.pid() + " (" + kill + " of " + plan.kills() + "), " + shop.soFar()
                        + " starts acknowledged so far");
                lives.add(ServerProcess.start(setup));
            }
            lives.getLast().awaitReady(PATIENCE);
        } catch (IllegalStateException e) {
            troubles.add("the process did not come back: " + e.getMessage());
        }
    }

    /**
     * While an attempt executes: this process has served, and a step was recorded in it. Every third time at any moment,
     * otherwise when a step has sent and has not ended, so that watchers were told what will not stand.
     */
    private void awaitRandomMoment(ServerProcess server, Client client, List<Count> counts)
            throws InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        server.awaitReady(PATIENCE);
        long before = steps(client, counts);
        while (steps(client, counts) == before && goesOn(counts, end)) Thread.sleep(10);
        Thread.sleep(SHORTEST_LIFE + random.nextInt(LONGEST_LIFE - SHORTEST_LIFE));
        if (random.nextInt(3) == 0) return;
        long seen = chunks(counts);
        while (chunks(counts) == seen && goesOn(counts, end)) Thread.sleep(1);
    }

    private static boolean goesOn(List<Count> counts, Instant end) {
        return Instant.now().isBefore(end) && open(counts) > 0;
    }

    private static long steps(Client client, List<Count> counts) throws InterruptedException {
        long all = 0;
        for (Count count : counts) {
            all += new JsonMapper()
                    .readTree(client.get("/v1/runs/" + count.run() + "/steps").body())
                    .path("steps")
                    .size();
        }
        return all;
    }

    private static long chunks(List<Count> counts) {
        return counts.stream()
                .flatMap(c -> c.early().soFar().frames().stream())
                .filter(f -> f.event().equals("chunk"))
                .count();
    }

    private static long open(List<Count> counts) {
        return counts.stream().filter(c -> !c.early().soFar().done()).count();
    }

    private void awaitEnds(List<Count> counts, Shop shop) throws InterruptedException {
        Instant end = Instant.now()
                .plus(Duration.ofMillis(2L * plan.files() * STEP_MILLIS))
                .plus(PATIENCE);
        long open = counts.size();
        progress.say("waiting for the end of the word counts");
        while (open > 0 && lives.getLast().isAlive() && Instant.now().isBefore(end)) {
            progress.soFar(
                    open + " of " + counts.size() + " word counts under way, " + shop.soFar() + " starts acknowledged");
            Thread.sleep(250);
            open = open(counts);
        }
        if (!lives.getLast().isAlive()) troubles.add("the process ended by itself; see the server's log");
    }

    private static List<String> concat(List<String> a, List<String> b) {
        var both = new ArrayList<>(a);
        both.addAll(b);
        return both;
    }

    /** Removes what the drill wrote. */
    static void remove(Path folder) {
        try (var walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder + ": " + e.getMessage(), e);
        }
    }
}
