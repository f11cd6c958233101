package dev.holdfast.postgres;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.testkit.TestStore;
import dev.holdfast.testkit.contract.RowFencedContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;

final class PgStreamTest extends RowFencedContract {
    private static final TestDatabase DATABASE = Opened.database();
    private static final Opened.Supply SESSIONS = Opened.Supply.kept(Opened.asWorker(DATABASE));

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @AfterEach
    void empty() {
        Opened.empty(SESSIONS);
    }

    @Override
    protected TestStore open(Clock clock, Ids ids) {
        return Opened.in(SESSIONS, clock, ids);
    }
}
