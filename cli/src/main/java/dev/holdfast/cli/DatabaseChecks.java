package dev.holdfast.cli;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Unavailable;
import dev.holdfast.postgres.PgInspection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The database that nodes share: all checks of a boot, and what a boot does not look at.
 *
 * @param url of it
 * @param replica of it; null or empty for none
 */
record DatabaseChecks(String url, @Nullable String replica) {
    private static final Duration SKEW = Duration.ofSeconds(2);
    private static final String FULL = "say sslmode=verify-full in the URL, and sslrootcert";

    List<Finding> examine() {
        long begun = System.nanoTime();
        PgInspection seen;
        try {
            seen = PgInspection.of(url);
        } catch (HoldfastException e) {
            return List.of(Finding.bad("database", e.code() + ": " + e.getMessage(), ""));
        }
        var findings = new ArrayList<Finding>();
        findings.add(clock(seen.now()));
        long took = Duration.ofNanos(System.nanoTime() - begun).toMillis();
        findings.add(Finding.ok("database", seen.where() + ", the primary (" + took + " ms for this look)"));
        findings.add(
                Finding.ok("version", "the database is PostgreSQL " + seen.way().version()));
        findings.add(Finding.ok("pooler", "none in transaction mode is between: a session hears what is said to it"));
        findings.add(rights(seen.tables()));
        findings.add(tls(seen.way()));
        findings.add(schema(seen.tables()));
        findings.add(ServerChecks.onPostgres(
                name -> Objects.requireNonNull(seen.settings().get(name))));
        findings.add(vacuum(seen));
        findings.add(HorizonCheck.USUAL.of(seen.horizon()));
        findings.add(room(seen.room(), seen.tables().nodes()));
        findings.add(failover(seen.standbys()));
        if (replica != null && !replica.isEmpty()) findings.add(follower(replica));
        return findings;
    }

    private static Finding tls(PgInspection.Way way) {
        if (way.encryption() == null) {
            String what = "sessions are not encrypted";
            if (way.near()) return Finding.ok("tls", what + ", and stay on this machine");
            return Finding.hint("tls", what + ": whoever is on the way reads the password", FULL);
        }
        String what = "sessions are encrypted (" + way.encryption() + ")";
        if (way.verified()) return Finding.ok("tls", what + ", with a server that has shown who it is");
        return Finding.hint("tls", what + ", but not with a server that has shown who it is", FULL);
    }

    private static Finding rights(PgInspection.Tables tables) {
        if (!tables.areToBeChanged()) return Finding.ok("rights", "the user may use the tables");
        boolean none = tables.present() == 0;
        String task = none ? "make the tables" : "bring the tables up";
        if (tables.changeable()) return Finding.ok("rights", "the user may " + task);
        return Finding.bad(
                "rights",
                "the user may not " + task + ", so a node of this version is refused (database_rights)",
                "start one node of this version as their owner, and stop it"
                        + (none ? "; or GRANT CREATE ON SCHEMA holdfast TO the user, who is their owner then" : ""));
    }

    private static Finding schema(PgInspection.Tables tables) {
        String known = tables.oldest() == tables.newest() ? "" : tables.oldest() + " to ";
        String knows = "this program works with " + known + tables.newest();
        if (tables.present() == 0) {
            return Finding.hint("schema", "there are no tables yet; " + knows, "the first node makes them");
        }
        String what = "schema version " + tables.present() + ", " + tables.nodes() + " nodes; " + knows;
        if (tables.present() > tables.newest()) {
            return Finding.bad("schema", what, "use the newer program that has written it");
        }
        if (tables.areToBeChanged()) {
            return Finding.hint("schema", what, "the first node of this version brings it up");
        }
        return Finding.ok("schema", what);
    }

    private static Finding vacuum(PgInspection seen) {
        var off = seen.settings().entrySet().stream()
                .filter(e -> List.of("autovacuum", "track_counts").contains(e.getKey())
                        && e.getValue().equals("off"))
                .map(e -> e.getKey())
                .toList();
        if (off.isEmpty()) return Finding.ok("vacuum", "autovacuum is on");
        return Finding.hint(
                "vacuum",
                String.join(" and ", off)
                        + " is off: every change of a run leaves a dead row, and everything gets slower",
                "switch it on in the configuration of the database");
    }

    private static Finding room(PgInspection.Room room, int nodes) {
        String what = room.free() + " more sessions fit (max_connections=" + room.most() + "), a node has up to "
                + PgInspection.SESSIONS_OF_A_NODE;
        if (room.free() >= PgInspection.SESSIONS_OF_A_NODE) return Finding.ok("sessions", what);
        return Finding.hint(
                "sessions",
                what + ": there is no room for another node, and perhaps not for all that " + nodes
                        + " nodes may want to have",
                "raise max_connections, or the limit of the user or of the database; or end what else is connected");
    }

    /** Nodes ask for {@code synchronous_commit=on} themselves, whatever is set: so it is the names that decide. */
    private static Finding failover(PgInspection.Standbys standbys) {
        if (standbys.names().isEmpty()) return Finding.ok("failover", "no standby receives its log");
        String names = String.join(", ", standbys.names());
        if (!standbys.awaited().isEmpty()) {
            return Finding.ok(
                    "failover",
                    "what is acknowledged is on a standby, too (synchronous_standby_names=" + standbys.awaited() + ")");
        }
        return Finding.hint(
                "failover",
                "no commit waits for a standby (" + names + "): a failover may lose acknowledged work",
                "if none may be lost, set synchronous_standby_names = 'ANY 1 (" + names.replace("'", "''")
                        + ")', of those that stay, and reload; while none of them is there, nothing is committed then");
    }

    private static Finding clock(Instant database) {
        Duration apart = Duration.between(database, Instant.now()).abs();
        if (apart.compareTo(SKEW) < 0)
            return Finding.ok("time", "the database's clock agrees with that of this machine");
        return Finding.hint(
                "time",
                "the database's clock is " + apart.toSeconds() + " s off that of this machine",
                "delays and deadlines follow the database's: let both keep time by NTP");
    }

    private Finding follower(String at) {
        PgInspection.Follower seen;
        try {
            seen = PgInspection.replica(at, url);
        } catch (Unavailable e) {
            return Finding.hint("replica", e.code() + ": " + e.getMessage(), "");
        } catch (HoldfastException e) {
            return Finding.bad("replica", e.code() + ": " + e.getMessage(), "");
        }
        String what = seen.where() + " follows it, and is " + seen.behind() + " bytes of its log behind";
        if (seen.shown() > 0 || seen.nodes() == 0) return Finding.ok("replica", what);
        return Finding.hint(
                "replica",
                what + ", but shows none of the " + seen.nodes()
                        + " nodes that are there, and so is not used: it is late since before they joined, or follows a copy"
                        + " of the database",
                "wait until it has caught up, or name a standby of this server");
    }
}
