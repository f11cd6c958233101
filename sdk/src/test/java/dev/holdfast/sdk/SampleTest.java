package dev.holdfast.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The sample that people read first. */
class SampleTest {
    record Order(String id, String customer, List<String> items) {}

    record Charge(String id) {}

    record Receipt(String order, String charge, List<String> picked) {}

    static final Task<Order, Receipt> CHECKOUT =
            Task.named("checkout", Order.class, Receipt.class).queue("payments").retry(Retry.exponential(5));
    static final Signal<Boolean> APPROVED = Signal.named("approved", Boolean.class);
    static final Step<List<String>> PICK = Step.named("pick", new TypeRef<List<String>>() {})
            .retry(Retry.exponential(3))
            .timeout(Duration.ofSeconds(20));

    private static final List<String> CHARGED = new ArrayList<>();

    static Receipt checkout(Context ctx, Order order) {
        var charge = ctx.step("charge", Charge.class, s -> {
            CHARGED.add(s.key());
            return new Charge("ch_" + order.id());
        });
        ctx.send("charged " + charge.id());
        List<String> picked = ctx.step(PICK, s -> order.items());
        ctx.step("audit", s -> assertThat(picked).isNotEmpty());
        return ctx.step("ship", Receipt.class, s -> new Receipt(order.id(), charge.id(), picked));
    }

    @Test
    void survives_a_death_at_every_write() {
        String order = MemoryRun.CODEC.encode(new Order("o1", "c1", List.of("a", "b")));
        var expected = new Ending.Returned("{\"order\":\"o1\",\"charge\":\"ch_o1\",\"picked\":[\"a\",\"b\"]}");
        for (int write = 0; write < 12; write++) {
            CHARGED.clear();
            var run = new MemoryRun();
            run.crashIn = write;
            assertThat(run.finish(CHECKOUT.handle(SampleTest::checkout), order)).isEqualTo(expected);
            assertThat(run.text()).isEqualTo("charged ch_o1");
            assertThat(CHARGED).containsOnly(MemoryRun.ID + ":1");
        }
        assertThat(APPROVED.type()).isEqualTo(TypeRef.of(Boolean.class));
    }
}
