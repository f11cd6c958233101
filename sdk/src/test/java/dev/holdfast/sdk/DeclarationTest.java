package dev.holdfast.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeclarationTest {
    private static <T> TypeRef<List<T>> listOf() {
        return new TypeRef<List<T>>() {};
    }

    @Test
    void a_type_that_leaves_something_open_is_refused_by_name() {
        assertThatThrownBy(DeclarationTest::<String>listOf)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("type variable T");
        assertThatThrownBy(() -> new TypeRef<Map<String, ? extends Number>>() {})
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wildcard ? extends java.lang.Number");
        assertThatThrownBy(() -> TypeRef.of(List.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("new TypeRef<List<…>>");
        assertThatThrownBy(() -> Step.named("s", Map[].class)).hasMessageContaining("Map without its type arguments");
    }

    @Test
    void types_are_values() {
        assertThat(new TypeRef<List<String>>() {}).isEqualTo(new TypeRef<List<String>>() {});
        assertThat(TypeRef.of(String.class)).isEqualTo(new TypeRef<String>() {}).hasToString("java.lang.String");
        assertThat(new TypeRef<List<String>[]>() {}).hasToString("java.util.List<java.lang.String>[]");
    }

    @Test
    void names_have_a_length_and_only_characters_that_stores_keep() {
        assertThatThrownBy(() -> Task.named("", String.class, String.class)).hasMessageContaining("empty");
        assertThatThrownBy(() -> Step.named("x".repeat(201), String.class)).hasMessageContaining("201");
        assertThatThrownBy(() -> Signal.named("a\nb", String.class)).hasMessageContaining("U+000A");
        assertThatThrownBy(() -> Step.named("a\uD83D", String.class)).hasMessageContaining("surrogate");
        assertThat(Step.named("\uD83D\uDE00", String.class).name()).hasSize(2);
        assertThat(Step.named("x".repeat(200), String.class).name()).hasSize(200);
    }

    @Test
    void a_task_is_a_constant() {
        var plain = Task.named("t", String.class, Integer.class);
        var set = plain.queue("q")
                .retry(Retry.none())
                .giveUpAfter(Duration.ZERO)
                .maxDuration(Duration.ofHours(1))
                .version("2");
        assertThat(plain)
                .returns("default", Task::queue)
                .returns(3, t -> t.retry().maxAttempts())
                .returns(Duration.ofSeconds(5), Task::giveUpAfter)
                .returns(null, Task::maxDuration)
                .returns("1", Task::version);
        assertThat(set)
                .returns("t", Task::name)
                .returns("q", Task::queue)
                .returns(Retry.none(), Task::retry)
                .returns(Duration.ZERO, Task::giveUpAfter)
                .returns(Duration.ofHours(1), Task::maxDuration)
                .returns("2", Task::version)
                .returns(TypeRef.of(String.class), Task::input)
                .returns(TypeRef.of(Integer.class), Task::output);
        assertThatThrownBy(() -> plain.maxDuration(Duration.ZERO)).hasMessageContaining("maxDuration");
        assertThatThrownBy(() -> plain.giveUpAfter(Duration.ofSeconds(-1))).hasMessageContaining("giveUpAfter");
    }

    @Test
    void a_step_and_a_start_are_constants() {
        var step = Step.named("s", String.class);
        var set = step.retry(Retry.exponential(3)).timeout(Duration.ofSeconds(1));
        assertThat(step).returns(Retry.none(), Step::retry).returns(null, Step::timeout);
        assertThat(set).returns(Retry.exponential(3), Step::retry).returns(Duration.ofSeconds(1), Step::timeout);
        var start = Start.idempotent("k")
                .requestId("r")
                .delay(Duration.ofSeconds(1))
                .ttl(Duration.ofSeconds(2))
                .priority(Duration.ofSeconds(3))
                .maxDuration(Duration.ofSeconds(4))
                .tags("a", "b");
        assertThat(start)
                .returns("k", Start::key)
                .returns("r", Start::requestId)
                .returns(Duration.ofSeconds(1), Start::delay)
                .returns(Duration.ofSeconds(2), Start::ttl)
                .returns(Duration.ofSeconds(3), Start::priority)
                .returns(Duration.ofSeconds(4), Start::maxDuration)
                .returns(List.of("a", "b"), Start::tags);
        assertThat(Start.now()).returns(null, Start::key).returns(Duration.ZERO, Start::delay);
        assertThatThrownBy(() -> start.delay(Duration.ofSeconds(-1))).hasMessageContaining("delay");
    }

    @Test
    void a_task_names_the_lane_of_an_input_and_keeps_it_through_other_settings() {
        var plain = Task.named("t", String.class, String.class);
        assertThat(plain.laneKind()).isNull();
        assertThat(plain.laneOf("x")).isNull();
        var customers = plain.lane(input -> "customer " + input).queue("mails").version("2");
        assertThat(customers.laneKind()).isEqualTo(Lane.Kind.CONCURRENT);
        assertThat(customers.laneOf("x")).isEqualTo("customer x");
        assertThat(plain.serialLane(input -> input).retry(Retry.exponential(2)).laneKind())
                .isEqualTo(Lane.Kind.SERIAL);
        assertThat(Start.idempotent("k")
                        .lane("l")
                        .requestId("r")
                        .delay(Duration.ZERO)
                        .lane())
                .isEqualTo("l");
        assertThat(Start.now().lane("l").key("k").key()).isEqualTo("k");
    }
}
