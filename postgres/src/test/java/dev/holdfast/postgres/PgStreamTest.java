package dev.holdfast.postgres;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.testkit.TestStore;
import dev.holdfast.testkit.contract.StreamContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;

final class PgStreamTest extends StreamContract {
    private static final TestDatabase DATABASE = Opened.database();

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @AfterEach
    void empty() {
        Opened.empty(DATABASE);
    }

    @Override
    protected TestStore open(Clock clock, Ids ids) {
        return Opened.in(DATABASE, clock, ids);
    }
}
