package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages that are printed from the code say what the code says. */
class DocsTest {
    private static final Path DOCS = Path.of(System.getProperty("basedir", "."), "..", "docs")
            .toAbsolutePath()
            .normalize();

    @Test
    void theStateTableIsWhatTheRulesAnswer() throws IOException {
        check(DOCS.resolve("state-table.md"), StateTable.markdown());
    }

    @Test
    void theLimitsAreThoseOfTheCode() throws IOException {
        check(DOCS.resolve("limits.md"), LimitsTable.markdown());
    }

    @Test
    void theStateTableHasNoEmptyCell() {
        for (var states : List.of(StateTable.plain(), StateTable.cancelled())) {
            states.forEach((state, run) -> StateTable.commands().forEach((name, command) -> {
                assertThat(StateTable.cell(run, command.apply(run)))
                        .as("%s of a run that is %s", name, state)
                        .isNotBlank();
            }));
        }
    }

    @Test
    void theStateTableHasEveryStateAndEveryCommand() {
        var states = new TreeSet<RunState>();
        StateTable.plain().values().forEach(run -> states.add(run.state()));
        assertThat(states).containsExactlyInAnyOrder(RunState.values());

        var commands = new ArrayList<Class<?>>();
        Run run = StateTable.plain().values().iterator().next();
        StateTable.commands().values().forEach(c -> commands.add(c.apply(run).getClass()));
        assertThat(commands).containsAll(records(Command.class).toList());
    }

    @Test
    void everyDefaultHasItsLine() {
        List<String> constants = Arrays.stream(Defaults.class.getFields())
                .filter(f -> Modifier.isStatic(f.getModifiers()))
                .map(java.lang.reflect.Field::getName)
                .toList();
        assertThat(LimitsTable.rows().keySet()).containsExactlyInAnyOrderElementsOf(constants);
    }

    private static Stream<Class<?>> records(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(DocsTest::records)
                : Stream.of(type);
    }

    private static void check(Path file, String expected) throws IOException {
        if ("docs".equals(System.getProperty("update"))) {
            Files.createDirectories(DOCS);
            Files.writeString(file, expected);
            return;
        }
        String actual = Files.exists(file) ? Files.readString(file) : "(the file is not there)";
        assertThat(actual)
                .as(
                        "%s is not what the code prints; write it again with"
                                + " ./mvnw -q -pl core test -Dtest=DocsTest -Dupdate=docs",
                        file)
                .isEqualTo(expected);
    }
}
