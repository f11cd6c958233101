package dev.holdfast.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DialectTest {
    private static final String HINTED =
            "SELECT r.id FROM runs r INDEXED BY runs_of_task WHERE r.id IN (SELECT id FROM runs INDEXED BY runs_held)";

    @Test
    void adviceReachesThePlannerThatTakesIt() {
        assertThat(Dialect.sqlite().statement(HINTED)).isEqualTo(HINTED);
    }

    @Test
    void adviceIsLeftOutWhereNobodyTakesIt() {
        assertThat(Dialect.postgres().statement(HINTED))
                .isEqualTo("SELECT r.id FROM runs r WHERE r.id IN (SELECT id FROM runs)");
    }
}
