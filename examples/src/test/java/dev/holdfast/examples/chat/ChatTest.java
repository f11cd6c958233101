package dev.holdfast.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Retry;
import dev.holdfast.core.RunFailed;
import dev.holdfast.examples.chat.Chat.Turn;
import dev.holdfast.examples.model.ScriptedModel;
import dev.holdfast.node.Holdfast;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Whole runs of the task, on a real engine. */
@Timeout(60)
class ChatTest {
    @TempDir
    Path folder;

    private ScriptedModel scripted;

    @BeforeEach
    void start() throws IOException {
        scripted = ScriptedModel.start(0);
    }

    @AfterEach
    void stop() {
        scripted.close();
    }

    @Test
    void what_is_sent_as_it_comes_is_what_is_returned() throws Exception {
        try (var holdfast = open(at(scripted.url()))) {
            var run = start(holdfast, "hello");

            assertThat(run.join()).isEqualTo("You said: hello");
            assertThat(text(run)).isEqualTo("You said: hello");
            assertThat(run.show().steps())
                    .singleElement()
                    .satisfies(step -> assertThat(step.name()).isEqualTo("answer"));
        }
    }

    @Test
    void without_a_name_of_an_endpoint_the_scripted_model_answers() throws Exception {
        try (var holdfast = open(Map.of())) {
            assertThat(start(holdfast, "hello").join()).isEqualTo("You said: hello");
            assertThat(start(holdfast, "again").join()).isEqualTo("You said: again");
        }
    }

    @Test
    void the_words_say_which_epoch_has_asked() throws Exception {
        try (var holdfast = open(at(scripted.url()))) {
            assertThat(words(start(holdfast, "[stamp] [many:3]").join())).allMatch(word -> word.contains("·e1·"));
        }
    }

    @Test
    void a_try_that_breaks_off_leaves_no_words() throws Exception {
        try (var holdfast = open(at(scripted.url()))) {
            var run = start(holdfast, "[many:20] [cut:7] [tries:1]");
            try (var stream = run.stream()) {
                stream.forEach(piece -> {});

                assertThat(words(stream.text())).isEqualTo(numbers(20));
            }
            assertThat(words(run.join())).isEqualTo(numbers(20));
            assertThat(run.show().steps())
                    .singleElement()
                    .satisfies(step -> assertThat(step.tries()).isEqualTo(2));
        }
    }

    @Test
    void an_endpoint_that_does_not_recover_ends_the_run_after_three_tries() throws Exception {
        try (var holdfast = open(at(scripted.url()))) {
            var run = start(holdfast, "[error]");

            RunFailed failed = catchThrowableOfType(RunFailed.class, run::join);

            assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(failed).hasMessageContaining(scripted.url() + " answered 500");
            assertThat(run.show().attempt()).isEqualTo(1);
            assertThat(run.show().steps())
                    .singleElement()
                    .satisfies(step -> assertThat(step.tries()).isEqualTo(3));
        }
    }

    @Test
    void an_endpoint_that_cannot_be_reached_is_named() throws Exception {
        scripted.close();
        try (var holdfast = open(at(scripted.url()))) {
            assertThatThrownBy(start(holdfast, "hello")::join)
                    .isInstanceOf(RunFailed.class)
                    .hasMessageContaining(scripted.url() + " cannot be reached");
        }
    }

    @Test
    void what_will_not_be_better_is_tried_once() throws Exception {
        try (var holdfast = open(at(scripted.url()))) {
            var run = start(holdfast, "[error:401]");

            assertThatThrownBy(run::join).hasMessageContaining("answered 401").hasMessageContaining("OPENAI_API_KEY");
            assertThat(run.show().steps())
                    .singleElement()
                    .satisfies(step -> assertThat(step.tries()).isEqualTo(1));
        }
    }

    @Test
    void an_environment_that_names_no_endpoint_is_told() throws Exception {
        try (var holdfast = open(Map.of("OPENAI_BASE_URL", "localhost", "OPENAI_MODEL", "m"))) {
            assertThatThrownBy(start(holdfast, "hello")::join).hasMessageContaining("OPENAI_BASE_URL is not");
        }
    }

    /** The second one would be quick, and the first one is not. */
    @Test
    void the_turns_of_a_thread_follow_one_another() throws Exception {
        try (var holdfast = open(at(scripted.url()))) {
            var slow = start(holdfast, "[slow:20] [many:20]");
            var quick = start(holdfast, "hello");
            quick.join();

            assertThat(slow.show().outcome()).isEqualTo(Outcome.SUCCEEDED);
        }
    }

    @Test
    void a_cancel_ends_a_turn_whose_model_hangs() throws Exception {
        try (var holdfast = open(at(scripted.url()))) {
            var run = start(holdfast, "hello [hang:1]");
            try (var stream = run.stream()) {
                Iterator<String> pieces = stream.iterator();
                assertThat(pieces.next()).isEqualTo("You ");

                run.cancel();

                // Long before the model would be given up.
                RunFailed failed = catchThrowableOfType(RunFailed.class, () -> run.join(Duration.ofSeconds(20)));
                assertThat(failed.outcome()).isEqualTo(Outcome.CANCELLED);
            }
        }
    }

    /** Also one that a timeout ends: the request goes with the try. */
    @Test
    void the_timeout_of_a_step_ends_the_request() throws Exception {
        var model = new Model(Endpoint.of(scripted));
        var impatient = Step.named("answer", String.class).timeout(Duration.ofMillis(300));
        var task = Task.named("impatient", String.class, String.class).retry(Retry.none());
        Handler<String, String> handler =
                task.handle((ctx, message) -> ctx.step(impatient, s -> model.ask(message, Map.of(), s::send)));
        try (var holdfast = Holdfast.open(folder, handler)) {
            var run = holdfast.start(task, "[hang]");

            assertThatThrownBy(() -> run.join(Duration.ofSeconds(30))).hasMessageContaining("took longer than PT0.3S");
        }
    }

    @Test
    void what_cannot_be_meant_is_not_started() {
        try (var holdfast = open(Map.of())) {
            for (String input : List.of(
                    "{\"message\":\"m\"}",
                    "{\"thread\":\" \",\"message\":\"m\"}",
                    "{\"thread\":\"t\"}",
                    "{\"thread\":\"t\",\"message\":\"\\n\"}")) {
                assertThatThrownBy(
                                () -> holdfast.start(raw(), JsonMapper.shared().readValue(input, Object.class)))
                        .as(input)
                        .isInstanceOf(Refused.class)
                        .hasMessageFindingMatch("message is missing|thread is blank|names none: name the lane");
            }
        }
    }

    private static Task<Object, String> raw() {
        return Task.named("chat", Object.class, String.class);
    }

    private Holdfast open(Map<String, String> environment) {
        return Holdfast.open(folder, Chat.handler(environment));
    }

    private static Map<String, String> at(URI url) {
        return Map.of("OPENAI_BASE_URL", url.toString(), "OPENAI_MODEL", ScriptedModel.NAME);
    }

    private static RunHandle<String> start(Holdfast holdfast, String message) {
        return holdfast.start(Chat.TASK, new Turn("t1", message));
    }

    private static String text(RunHandle<String> run) {
        try (var stream = run.stream()) {
            stream.forEach(piece -> {});
            return stream.text();
        }
    }

    private static List<String> words(String text) {
        return List.of(text.split(" ", -1));
    }

    private static List<String> numbers(int last) {
        return IntStream.rangeClosed(1, last).mapToObj(Integer::toString).toList();
    }
}
