package dev.holdfast.cli;

import dev.holdfast.postgres.Horizon;
import dev.holdfast.postgres.Horizon.Keeper;
import dev.holdfast.postgres.Horizon.Kind;
import java.time.Duration;
import java.util.List;

/**
 * Who keeps vacuum from dead rows for long. A queue feels it first: each run that has waited leaves dead entries in front of
 * those that wait, and every claim walks over them.
 *
 * @param patience how old a transaction may be
 */
record HorizonCheck(Duration patience) {
    /**
     * Autovacuum looks around once a minute, if nobody has set anything else: five times in vain is more than a report
     * takes or a transaction of user code, and no more than a busy queue bears.
     */
    static final HorizonCheck USUAL = new HorizonCheck(Duration.ofMinutes(5));

    /** Where nobody knows since when: about what busy nodes commit in five minutes. */
    private static final long MANY = 100_000;

    private static final String CHECK = "horizon";

    Finding of(Horizon horizon) {
        List<Keeper> old = horizon.keepers().stream().filter(this::isOld).toList();
        if (!old.isEmpty()) return named(old.getFirst(), old.size() - 1);
        long hidden =
                horizon.keepers().stream().filter(k -> k.kind() == Kind.HIDDEN).count();
        if (hidden == 0) {
            return Finding.ok(CHECK, "vacuum may remove what has died: nobody has kept it for " + Times.age(patience));
        }
        return Finding.hint(
                CHECK,
                "transactions of other users are open (" + hidden
                        + "), and the user may not see for how long: an old one would"
                        + " keep vacuum from what has died since",
                "GRANT pg_read_all_stats TO the user, or look as one who may see them");
    }

    private boolean isOld(Keeper keeper) {
        return keeper.open().map(open -> open.compareTo(patience) >= 0).orElse(keeper.passed() >= MANY);
    }

    private static Finding named(Keeper keeper, int others) {
        String since = keeper.open()
                .map(open -> " for " + Times.age(open) + ", " + keeper.passed() + " transactions")
                .orElse(" for " + keeper.passed() + " transactions");
        return Finding.hint(
                CHECK,
                who(keeper) + " has kept vacuum from what has died" + since
                        + (others == 0 ? "" : "; and so have " + others + " more, not as much"),
                remedy(keeper));
    }

    private static String who(Keeper keeper) {
        String process = "process " + keeper.pid();
        return switch (keeper.kind()) {
            case SESSION -> "a transaction of " + process + called(keeper);
            case HIDDEN -> "a transaction of " + process + called(keeper) + ", of another user,";
            case FEEDBACK -> "the standby of " + process + called(keeper);
            case PREPARED -> "the prepared transaction " + literal(keeper);
            case SLOT ->
                "the replication slot " + literal(keeper) + " ("
                        + (keeper.pid() == 0 ? "used by nobody" : "used by " + process) + ")";
        };
    }

    private static String called(Keeper keeper) {
        return keeper.name().isEmpty() ? "" : " (" + line(keeper.name()) + ")";
    }

    /** As it is pasted into SQL: anybody may have chosen it. */
    private static String literal(Keeper keeper) {
        return "'" + line(keeper.name()).replace("'", "''") + "'";
    }

    private static String line(String name) {
        return name.replaceAll("\\R", " ");
    }

    private static String remedy(Keeper keeper) {
        return switch (keeper.kind()) {
            case SESSION, HIDDEN -> "let it end, or end it: SELECT pg_terminate_backend(" + keeper.pid() + ")";
            case FEEDBACK -> "end the long query there, or switch hot_standby_feedback off there";
            case PREPARED ->
                "COMMIT PREPARED " + literal(keeper) + ", or ROLLBACK PREPARED " + literal(keeper)
                        + ", in its database";
            case SLOT ->
                keeper.pid() == 0
                        ? "if nobody comes back for it: SELECT pg_drop_replication_slot(" + literal(keeper) + ")"
                        : "end the long query of the standby that uses it, or see why its reader is late";
        };
    }
}
