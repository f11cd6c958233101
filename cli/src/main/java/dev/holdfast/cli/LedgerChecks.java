package dev.holdfast.cli;

import dev.holdfast.sqlite.Inspection;
import dev.holdfast.sqlite.LedgerFacts;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The ledger of the data folder: its file, its clock, and what waits in it. */
final class LedgerChecks {
    private static final Duration AHEAD = Duration.ofSeconds(2);
    private static final Duration LONG_WAIT = Duration.ofMinutes(10);
    private static final long LARGE_LOG = 256_000_000L;

    private final Inspection inspection;
    private final ServerChecks server;
    private final URI url;

    LedgerChecks(Inspection inspection, ServerChecks server, URI url) {
        this.inspection = inspection;
        this.server = server;
        this.url = url;
    }

    List<Finding> examine() {
        var findings = new ArrayList<Finding>();
        findings.add(lock());
        findings.add(database());
        LedgerFacts facts = inspection.facts();
        if (facts == null) return findings;
        findings.add(file(facts));
        findings.add(clock(facts.content().at()));
        findings.addAll(backlog(facts));
        return findings;
    }

    private boolean isOfTheServer() {
        return server.pid() != 0 && server.pid() == inspection.usedBy();
    }

    private Finding lock() {
        long user = inspection.usedBy();
        if (user == 0) return Finding.ok("lock", "no process uses the folder");
        String what = "the folder is in use by process " + (user < 0 ? "of an unknown number" : Long.toString(user));
        if (server.pid() == 0 || isOfTheServer()) return Finding.ok("lock", what);
        return Finding.hint(
                "lock",
                what + ", but the server at " + url + " is process " + server.pid(),
                "name the folder of that server by --data, or the server of this folder by --url");
    }

    private Finding database() {
        if (inspection.state() != Inspection.State.BROKEN) return Finding.ok("database", inspection.detail());
        return Finding.bad(
                "database",
                inspection.detail(),
                "end its server, keep a copy of the folder, and restore the newest backup into another one");
    }

    private static Finding file(LedgerFacts facts) {
        String what = "schema version " + facts.content().schema() + ", "
                + megabytes(facts.content().bytes()) + " in use, " + megabytes(facts.freeBytes()) + " free inside, log "
                + megabytes(facts.logBytes());
        if (facts.logBytes() < LARGE_LOG) return Finding.ok("file", what);
        return Finding.hint(
                "file",
                what + ": somebody reads it for so long that the log cannot be made shorter",
                "let a backup end; end what else has the file open");
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1_000_000.0);
    }

    private static Finding clock(Instant ledger) {
        Duration ahead = Duration.between(Instant.now(), ledger);
        if (ahead.compareTo(AHEAD) < 0) return Finding.ok("time", "the ledger's time is not ahead of the clock's");
        return Finding.hint(
                "time",
                "the ledger's time is " + ahead.toSeconds()
                        + " s ahead of the clock: the clock was set back, or was wrong" + " once",
                "nothing is lost: the ledger's time goes on more slowly until they meet; delays are a tenth longer so long."
                        + " Let the clock keep time by NTP");
    }

    private List<Finding> backlog(LedgerFacts facts) {
        var findings = new ArrayList<Finding>();
        Set<String> hosted = isOfTheServer() ? server.hosted() : null;
        long runs = 0;
        Instant oldest = Instant.MAX;
        for (var queued : facts.queued()) {
            if (hosted != null && !hosted.contains(queued.task())) {
                findings.add(Finding.hint(
                        "backlog",
                        queued.runs() + " runs of task '" + queued.task() + "' wait, which nothing here hosts",
                        "start a server that hosts it, or cancel them: holdfast runs --task " + queued.task()));
                continue;
            }
            runs += queued.runs();
            if (queued.oldest().isBefore(oldest)) oldest = queued.oldest();
        }
        findings.add(waiting(runs, oldest));
        if (facts.parked() > 0) {
            findings.add(
                    Finding.hint(
                            "parked",
                            facts.parked() + " runs are parked: the code does not fit what they have recorded",
                            "start code that fits; 'holdfast runs --status queued' lists them, 'holdfast explain RUN' names both"));
        }
        if (facts.suspects() > 0) {
            findings.add(Finding.hint(
                    "suspects",
                    facts.suspects() + " runs are tried alone, because the processes that executed them kept dying",
                    "look at what they do: 'holdfast explain RUN'; the log of the process may say why it died"));
        }
        return findings;
    }

    private static Finding waiting(long runs, Instant oldest) {
        if (runs == 0) return Finding.ok("backlog", "no run waits for its turn");
        Duration age = Duration.between(oldest, Instant.now());
        String what =
                runs + " runs wait for their turn; the oldest was started " + Math.max(0, age.toSeconds()) + " s ago";
        if (age.compareTo(LONG_WAIT) < 0) return Finding.ok("backlog", what);
        return Finding.hint(
                "backlog", what, "'holdfast queues' shows limits and pauses, 'holdfast explain RUN' the reason");
    }
}
