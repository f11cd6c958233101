package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.Waiting;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The short words in which the contracts of lanes and queues speak. */
interface LaneWords extends Contract {
    Lane A = Lane.concurrent("a");
    Lane B = Lane.concurrent("b");
    Lane TALK = Lane.serial("talk");

    default Run start(@Nullable Lane lane) {
        Run run = lab().draft("t").lane(lane).start();
        lab().clock.pass(Duration.ofMillis(1));
        return run;
    }

    default List<RunId> claim(int max) {
        return lab().claim("t", max).stream().map(c -> c.run().id()).toList();
    }

    default Run held(RunId id) {
        Run run = lab().read(id);
        assertThat(run.isHeld()).as("%s is held", id).isTrue();
        return run;
    }

    default void end(RunId id) {
        Run run = held(id);
        lab().apply(run, new Command.Succeed(lab().by(run)));
    }

    default Run fail(RunId id) {
        Run run = held(id);
        var error = new RunError("user_error", "Error", "it failed", "", true);
        return lab().apply(run, new Command.Fail(lab().by(run), error, 0));
    }

    default Run giveUp(RunId id) {
        Run run = held(id);
        Run blocked = lab().apply(run, new Command.Block(lab().by(run), Waiting.on(StepKey.of(1)), null));
        return lab().apply(blocked, new Command.GiveUp(lab().by(blocked)));
    }

    default void change(QueueChange.What what) {
        change(Defaults.QUEUE, what);
    }

    default void change(String queue, QueueChange.What what) {
        var change = new QueueChange(Namespace.DEFAULT, queue, what, null);
        assertThat(lab().ledger().change(change)).isEqualTo(APPLIED);
    }

    default void limits(@Nullable Integer concurrency, @Nullable Integer laneConcurrency) {
        change(QueueChange.configure(new QueueSettings(concurrency, laneConcurrency, null)));
    }

    default long taken(Lane lane) {
        return lab().reads().lanes(Namespace.DEFAULT, Defaults.QUEUE, null, 99).stream()
                .filter(view -> view.lane().equals(lane))
                .mapToLong(LaneView::taken)
                .findFirst()
                .orElse(0);
    }

    default void later(Duration time) {
        lab().clock.pass(time);
        lab().ledger().tick(lab().node(), 1000);
    }
}
