package dev.holdfast.sqlite;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.testkit.TestStore;
import dev.holdfast.testkit.contract.RowFencedContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteStreamTest extends RowFencedContract {
    @TempDir
    Path folder;

    @Override
    protected TestStore open(Clock clock, Ids ids) {
        return Opened.in(folder, clock, ids);
    }
}
