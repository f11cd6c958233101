package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Retry;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunFailed;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Nodes that host different tasks: whichever is asked, what one of them can do is begun. */
final class MixedTest {
    private static final TestDatabase DATABASE = TestDatabase.fresh();
    private static final Task<Integer, String> MAIL = Task.named("mail", Integer.class, String.class)
            .queue("mails")
            .version("7")
            .retry(Retry.fixed(2, Duration.ofMillis(1)))
            .maxDuration(Duration.ofHours(3))
            .serialLane(number -> "to " + number);
    private static final Task<Integer, String> OTHER = Task.named("other", Integer.class, String.class);

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @Test
    void whatOnlyAnotherNodeHostsIsStartedAsThatWouldStartIt() throws InterruptedException {
        try (var asked = node(OTHER.handle((ctx, number) -> "other"))) {
            try (var host = node(MAIL.handle((ctx, number) -> "sent " + number))) {
                var run = asked.start(MAIL, 5);
                assertThat(run.join()).isEqualTo("sent 5");

                assertThat(host.start(OTHER, 1).join()).isEqualTo("other");
                Run row = asked.runs().show(Namespace.DEFAULT, run.id()).run();
                assertThat(row.place().queue()).isEqualTo("mails");
                assertThat(row.place().lane()).isEqualTo(new Lane("to 5", Lane.Kind.SERIAL));
                assertThat(row.origin().version()).isEqualTo("7");
                assertThat(row.policy())
                        .isEqualTo(new Run.Policy(MAIL.retry(), MAIL.giveUpAfter(), MAIL.maxDuration()));

                // Whether an input fits is found where the code is.
                var wrong = asked.start(
                        Task.named("mail", String.class, String.class).lane(any -> "to x"), "no number");
                RunFailed failed = catchThrowableOfType(RunFailed.class, wrong::join);
                assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
            }
            assertThat(catchThrowableOfType(Refused.class, () -> asked.start(MAIL, 6))
                            .code())
                    .as("nobody is left who hosts it")
                    .isEqualTo("task_unknown");
        }
    }

    private static Holdfast node(Hosted hosted) {
        return Holdfast.cluster(ClusterOptions.at(DATABASE.url().toString()), NodeOptions.defaults(), List.of(hosted));
    }
}
