package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.RunState;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As a user would test something that somebody has to approve within seven days. No test takes as long as a second. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class ApprovalTest {
    private static final Task<String, String> ORDER = Task.named("order", String.class, String.class);
    private static final Task<String, String> CHECK = Task.named("check", String.class, String.class);
    private static final Signal<Boolean> APPROVED = Signal.named("approved", Boolean.class);
    private static final Duration WEEK = Duration.ofDays(7);

    private final List<String> log = new ArrayList<>();

    private String order(Context ctx, String what) {
        ctx.step("ask", s -> log.add("asked for " + what));
        boolean approved = ctx.await(APPROVED, WEEK).orElse(false);
        if (!approved) return "not approved";
        String checked = ctx.call(CHECK, what);
        ctx.step("buy", s -> log.add("bought " + checked));
        return "bought";
    }

    private Handler<?, ?>[] code() {
        return new Handler<?, ?>[] {
            ORDER.handle(this::order),
            CHECK.handle((ctx, what) -> {
                ctx.sleep(Duration.ofHours(2));
                return what + ", checked";
            })
        };
    }

    @Test
    void itIsApprovedOnTheThirdDayAndEveryProcessOnTheWayDies() throws InterruptedException {
        try (var holdfast = TestHoldfast.host(code())) {
            RunHandle<String> run = holdfast.start(ORDER, "a bell");
            holdfast.crashAfter(w -> w.kind().equals("blocked"));
            holdfast.advance(Duration.ofDays(3));
            assertThat(run.show().state()).isEqualTo(RunState.BLOCKED);
            assertThat(run.explain()).contains("approved");
            run.signal(APPROVED, true);
            holdfast.crashAfter(w -> w.kind().equals("claim"));
            assertThat(run.join()).isEqualTo("bought");
            assertThat(log).containsExactly("asked for a bell", "bought a bell, checked");
        }
    }

    @Test
    void nobodyAnswersForSevenDays() throws InterruptedException {
        try (var holdfast = TestHoldfast.host(code())) {
            Instant began = holdfast.now();
            RunHandle<String> run = holdfast.start(ORDER, "a bell");
            assertThat(run.join(WEEK.minusSeconds(1))).isEmpty();
            assertThat(run.join()).isEqualTo("not approved");
            assertThat(Duration.between(began, holdfast.now())).isBetween(WEEK, WEEK.plusSeconds(2));
            assertThat(log).containsExactly("asked for a bell");
        }
    }

    @Test
    void theAnswerComesBeforeTheQuestion() throws InterruptedException {
        try (var holdfast = TestHoldfast.host(code())) {
            holdfast.loseHints();
            RunHandle<String> run = holdfast.start(ORDER, "a bell");
            run.signal(APPROVED, false);
            assertThat(run.join()).isEqualTo("not approved");
        }
    }
}
