package dev.holdfast.testkit;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.Schedules;
import dev.holdfast.engine.port.StoredSchedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The schedules of a test, asked on a thread of whichever boot is alive. */
final class TestSchedules implements Schedules {
    private final TestNode node;

    TestSchedules(TestNode node) {
        this.node = node;
    }

    @Override
    public StoredSchedule put(
            Namespace namespace, String name, StoredSchedule.Definition definition, @Nullable String requestId) {
        return node.askOnce("schedule", runs -> runs.schedules().put(namespace, name, definition, requestId));
    }

    @Override
    public StoredSchedule show(Namespace namespace, String name) {
        return node.ask("schedule", runs -> runs.schedules().show(namespace, name));
    }

    @Override
    public List<StoredSchedule> list(Namespace namespace, @Nullable String after, int limit) {
        return node.ask("schedules", runs -> runs.schedules().list(namespace, after, limit));
    }

    @Override
    public StoredSchedule pause(Namespace namespace, String name, @Nullable String requestId) {
        return node.askOnce("pause", runs -> runs.schedules().pause(namespace, name, requestId));
    }

    @Override
    public StoredSchedule resume(Namespace namespace, String name, @Nullable String requestId) {
        return node.askOnce("resume", runs -> runs.schedules().resume(namespace, name, requestId));
    }

    @Override
    public void delete(Namespace namespace, String name, @Nullable String requestId) {
        node.askOnce("unschedule", runs -> {
            runs.schedules().delete(namespace, name, requestId);
            return true;
        });
    }
}
