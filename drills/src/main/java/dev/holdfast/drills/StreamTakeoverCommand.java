package dev.holdfast.drills;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code holdfast drill stream-takeover}. */
@Command(
        name = "stream-takeover",
        description = {
            "Lets a node die while what it executes sends: runs that send in steps, between steps, in parallel steps, whose next"
                    + " attempt fails or sends nothing, or that are cancelled. Each is watched at every node from its beginning,"
                    + " from the middle on, and when it has ended. One node of five is told to end by SIGTERM, and the last one"
                    + " is frozen by SIGSTOP and goes on when others recite what it had. With --nats the streams are on"
                    + " NATS JetStream. If that is the drill's own, three servers, then all of them are frozen, too, and the"
                    + " leader of the stream is killed, and then all are: who sends waits, and goes on where he was.",
            "",
            "Everybody who watched must end with the same text: the chunks of what was recorded, each once. It prints a timeline,"
                    + " how many chunks were kept and how many were taken back, and a verdict: HELD or VIOLATED."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast drill stream-takeover               about two minutes",
            "  holdfast drill stream-takeover --quick       one that dies, and one that is frozen",
            "  holdfast drill stream-takeover --rounds 40   more figures",
            "  holdfast drill stream-takeover --nats        streams on NATS, which is broken, too"
        })
final class StreamTakeoverCommand extends FleetCommand {
    private static final int USUAL = 12;
    private static final int IN_SHORT = 2;
    private static final int IN_SHORT_WITH_NATS = 5;
    private static final Duration AWAY = Duration.ofSeconds(20);
    private static final Duration AWAY_IN_SHORT = Duration.ofSeconds(5);

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often something is done to a node, or to NATS (default: 12, or few with --quick).")
    private @Nullable Integer rounds;

    @Override
    void check(Outlet outlet) {
        if (rounds != null) outlet.check("--rounds", rounds, 1, 1_000);
    }

    @Option(
            names = "--nats",
            paramLabel = "URL",
            arity = "0..1",
            fallbackValue = StreamStore.OWN,
            description =
                    "Have the streams on NATS JetStream: on the one of this URL, or without one on three servers of the"
                            + " drill's own, for which nats-server is to be installed (default: in the database).")
    private @Nullable String nats;

    @Override
    @Nullable
    String obstacle(boolean ownDatabase) {
        return StreamStore.obstacle(nats);
    }

    private int howMany() {
        if (rounds != null) return rounds;
        if (!isQuick()) return USUAL;
        return StreamStore.OWN.equals(nats) ? IN_SHORT_WITH_NATS : IN_SHORT;
    }

    @Override
    Report report(Path folder, long seed) throws InterruptedException {
        Duration away = isQuick() ? AWAY_IN_SHORT : AWAY;
        var plan = new StreamTakeover.Plan(nodes(), howMany(), seed, folder, postgres(), nats, away);
        return new StreamTakeover(plan, Program.server(), Outlet.progress()).run();
    }
}
