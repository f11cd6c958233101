package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.History;
import dev.holdfast.drills.RunAccount;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.drills.WatchAccount;
import dev.holdfast.drills.Watcher;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Turns of a conversation with the scripted model, whose words say which epoch asked for them. */
@ProcessTest
@DisabledIfEnvironmentVariable(named = "OPENAI_BASE_URL", matches = ".+", disabledReason = "would ask that endpoint")
@DisabledIfEnvironmentVariable(named = "OPENAI_API_KEY", matches = ".+", disabledReason = "would spend that key")
class ChatTest {
    private static final int WORDS = 80;

    @RegisterExtension
    final Stage stage = new Stage();

    /** The answer is asked for again; of the first one, half told, no word is left. */
    @Test
    void kill_9_in_the_middle_of_an_answer() throws Exception {
        ServerProcess server = stage.serve();
        String run = chat("[stamp] [slow:50] [many:" + WORDS + "]");
        var early = Watcher.attach("early", stage.api().bare(), run);
        await("a third of the answer")
                .atMost(Stage.PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> early.soFar().standing().size() >= WORDS / 3);
        assertThat(early.soFar().text()).contains("·e1·");

        server.kill();
        stage.serve();

        JsonNode ended = stage.api().awaitEnd(run);
        assertThat(ended.path("outcome").asString()).isEqualTo("SUCCEEDED");
        WatchAccount seen = early.account(Stage.PATIENCE);
        assertThat(numbers(seen.text())).isEqualTo(counted());
        RunAccount account = stage.api().account(run);
        assertThat(epochs(seen.text()))
                .containsExactly("e" + account.steps().getFirst().epoch())
                .doesNotContain("e1");
        assertThat(ended.path("output").asString()).isEqualTo(seen.text());
        assertThat(seen.rewinds()).isPositive();
        var history = new History();
        history.acknowledged(run, "chat", null);
        history.run(account);
        history.watched(seen);
        history.watched(Frames.now("late", stage.api(), run));
        assertThat(history.violations()).isEmpty();
    }

    /** Without a crash, by the try of the step: the same promise. */
    @Test
    void a_connection_that_breaks_in_the_middle_of_an_answer() throws Exception {
        stage.serve();
        String run = chat("[slow:20] [many:40] [cut:20] [tries:2]");
        var early = Watcher.attach("early", stage.api().bare(), run);

        JsonNode ended = stage.api().awaitEnd(run);

        assertThat(ended.path("outcome").asString()).isEqualTo("SUCCEEDED");
        assertThat(ended.path("attempt").asInt()).isEqualTo(1);
        assertThat(ended.path("steps").get(0).path("tries").asInt()).isEqualTo(3);
        WatchAccount seen = early.account(Stage.PATIENCE);
        assertThat(seen.text()).isEqualTo(String.join(" ", counted().subList(0, 40)));
        assertThat(seen.rewinds()).isEqualTo(2);
    }

    @Test
    void cancel_while_the_model_hangs() throws Exception {
        stage.serve();
        String run = chat("hello [hang:2]");
        var early = Watcher.attach("early", stage.api().bare(), run);
        await("two words")
                .atMost(Stage.PATIENCE)
                .until(() -> early.soFar().text().equals("You said: "));

        Instant asked = Instant.now();
        stage.api().post("/v1/runs/" + run + "/cancel", "");

        JsonNode ended = stage.api().awaitEnd(run);
        assertThat(ended.path("outcome").asString()).isEqualTo("CANCELLED");
        // The grace of a stop is 10 s: code that did not listen would take it.
        assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }

    /** Who never chats does not wait for the libraries of those who do. */
    @Test
    void nothing_of_it_is_loaded_before_the_first_turn() throws Exception {
        Path log = stage.folder().resolve("classes.log");
        stage.serveWith(StartCache.NONE, "-Xlog:class+load:file=" + log + ":none:filecount=0");
        stage.api().awaitEnd(stage.api().start("noop", "null"));

        assertThat(chatClasses(log)).isEmpty();

        stage.api().awaitEnd(chat("hello"));
        assertThat(chatClasses(log)).anyMatch(name -> name.startsWith("dev.langchain4j."));
    }

    private static List<String> chatClasses(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(name -> Stream.of(
                                    "dev.langchain4j.",
                                    "com.fasterxml.jackson.databind.",
                                    "com.fasterxml.jackson.core.",
                                    "sun.net.httpserver.",
                                    "java.net.http.")
                            .anyMatch(name::startsWith))
                    .toList();
        }
    }

    private String chat(String message) throws IOException {
        return stage.api().start("chat", "{\"thread\":\"t1\",\"message\":\"" + message + "\"}");
    }

    private static List<String> counted() {
        return IntStream.rangeClosed(1, WORDS).mapToObj(Integer::toString).toList();
    }

    private static List<String> numbers(String text) {
        return Stream.of(text.split(" ", -1))
                .map(word -> word.split("·", -1)[0])
                .toList();
    }

    private static List<String> epochs(String text) {
        return Stream.of(text.split(" ", -1))
                .map(word -> word.split("·", -1)[1])
                .distinct()
                .toList();
    }
}
