package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.port.Transactions;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.testkit.ProcessTest;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Sessions that are lent to user code, whatever that leaves behind. */
class LendingTest {
    private static final TestDatabase DATABASE = Opened.database();
    private static final Connections CONNECTIONS = Opened.connections(DATABASE);

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    /** The driver waits for the end of a COPY before it says anything more, also that it is to be undone. */
    @Test
    @ProcessTest
    void oneThatIsLeftInTheMiddleOfACopyIsGivenUp() throws Exception {
        var outside = new PgStore.Outside(
                Writing.sessions(CONNECTIONS),
                Writing.reading(CONNECTIONS),
                new SystemThreads(),
                new SystemClock(),
                new SystemIds());
        var node = Opened.join(Opened.Supply.of(CONNECTIONS), 1);
        try (var store = PgStore.open(outside.lending(CONNECTIONS), node, Instant::now)) {
            Transactions transactions = store.ledger().transactions().orElseThrow();
            Transactions.Open open = transactions.begin();
            open.connection().createStatement().execute("CREATE TABLE copied (line text)");
            open.connection().unwrap(PGConnection.class).getCopyAPI().copyIn("COPY copied FROM STDIN");
            var undone = CompletableFuture.supplyAsync(open::rollback);
            assertThat(undone.get(20, TimeUnit.SECONDS)).isFalse();
            for (int i = 0; i <= Lending.MOST; i++) {
                try (var next = transactions.begin();
                        var statement = next.connection().createStatement();
                        var row = statement.executeQuery("SELECT to_regclass('copied')")) {
                    row.next();
                    assertThat(row.getString(1)).as("what was not committed").isNull();
                }
            }
        }
    }
}
