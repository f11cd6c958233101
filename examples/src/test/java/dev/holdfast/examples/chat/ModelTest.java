package dev.holdfast.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.holdfast.core.NoRetry;
import dev.holdfast.examples.model.ScriptedModel;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client library against real endpoints, over HTTP. */
@Timeout(30)
class ModelTest {
    private static final String WORD = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word\"}}]}\n\n";
    private static final String STRANGE_END =
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"eos\"}]}\n\n";
    private static final String STOP =
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    private final List<String> parts = new ArrayList<>();
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
    void every_word_is_a_part_and_all_of_them_are_the_answer() throws Exception {
        String answer = ask("[many:2000]");

        assertThat(parts).hasSize(2000).startsWith("1 ", "2 ");
        assertThat(String.join("", parts)).isEqualTo(answer).endsWith(" 2000");
    }

    @Test
    void parts_come_while_the_endpoint_speaks() throws Exception {
        var first = new CountDownLatch(1);
        var answer = new CompletableFuture<String>();
        var asking = Thread.ofVirtual().start(() -> {
            try {
                answer.complete(model(scripted.url()).ask("hello [hang:1]", Map.of(), part -> first.countDown()));
            } catch (IOException | InterruptedException e) {
                answer.completeExceptionally(e);
            }
        });

        assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(answer).isNotDone();
        asking.interrupt();
        asking.join();
    }

    @Test
    void who_asks_is_told_in_headers() throws Exception {
        var stamped = new ArrayList<String>();
        model(scripted.url()).ask("[stamp]", Map.of("X-Holdfast-Epoch", "7"), stamped::add);

        assertThat(stamped).allMatch(word -> word.contains("·e7·"));
    }

    @Test
    void the_key_and_the_model_are_sent() throws Exception {
        try (var canned = new Canned(200, WORD + STOP + DONE)) {
            new Model(new Endpoint(canned.url(), "secret", "some-model")).ask("hello", Map.of(), parts::add);

            assertThat(canned.asked().getFirst("Authorization")).isEqualTo("Bearer secret");
            assertThat(canned.question())
                    .startsWith("/v1/chat/completions ")
                    .containsPattern("\"model\"\\s*:\\s*\"some-model\"")
                    .containsPattern("\"stream\"\\s*:\\s*true")
                    .contains("hello");
            assertThat(canned.asked()).as("no HTTP/2 is offered").doesNotContainKey("Upgrade");
        }
    }

    @Test
    void without_a_key_none_is_sent() throws Exception {
        try (var canned = new Canned(200, WORD + STOP + DONE)) {
            model(canned.url()).ask("hello", Map.of(), parts::add);

            assertThat(canned.asked()).doesNotContainKey("Authorization");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 503})
    void what_may_be_better_later_is_tried_again(int status) {
        assertThatThrownBy(() -> ask("[error:" + status + "]"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(scripted.url() + " answered " + status)
                .hasMessageContaining("The script says");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 422})
    void what_will_not_be_better_is_final(int status) {
        assertThatThrownBy(() -> ask("[error:" + status + "]"))
                .isInstanceOf(NoRetry.class)
                .hasMessageContaining(scripted.url() + " answered " + status);
    }

    @Test
    void an_error_that_is_no_json_is_told_as_it_is() throws Exception {
        try (var canned = new Canned(502, "<html>Bad Gateway" + "!".repeat(1000))) {
            assertThatThrownBy(() -> ask(canned))
                    .hasMessageContaining("502: <html>Bad Gateway!")
                    .message()
                    .hasSizeLessThan(600);
        }
    }

    @Test
    void what_an_endpoint_says_in_an_error_is_told() throws Exception {
        try (var canned = new Canned(401, "{\"error\":{\"message\":\"wrong key\"}}")) {
            assertThatThrownBy(() -> ask(canned)).hasMessageContaining("401: wrong key Check OPENAI_API_KEY.");
        }
        try (var canned = new Canned(404, "{\"error\":\"no such model\"}")) {
            assertThatThrownBy(() -> ask(canned))
                    .hasMessageContaining("no such model")
                    .hasMessageContaining("OPENAI_MODEL");
        }
        try (var canned = new Canned(500, "")) {
            assertThatThrownBy(() -> ask(canned)).hasMessageContaining("nothing said");
        }
    }

    @Test
    void an_error_in_the_stream_is_one() {
        assertThatThrownBy(() -> ask("[many] [error:3]"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broke off after 6 characters: The script says");
        assertThat(parts).containsExactly("1 ", "2 ", "3 ");
    }

    @Test
    void an_error_in_the_stream_is_one_even_if_the_stream_then_ends_well() throws Exception {
        try (var canned = new Canned(200, WORD + "data: {\"error\":{\"message\":\"overloaded\"}}\n\n" + WORD + DONE)) {
            assertThatThrownBy(() -> ask(canned))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("overloaded");
        }
        assertThat(parts).containsExactly("word");
    }

    @Test
    void a_cut_connection_is_an_error() {
        assertThatThrownBy(() -> ask("[many] [cut:3]"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broke off after");
    }

    /** The library takes whatever came for the whole answer. */
    @Test
    void half_an_answer_is_none_even_if_the_stream_ends_cleanly() throws Exception {
        try (var canned = new Canned(200, WORD + WORD)) {
            assertThatThrownBy(() -> ask(canned))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ended before the answer did");
        }
    }

    @Test
    void an_answer_ends_with_a_reason_or_with_the_last_event() throws Exception {
        try (var canned = new Canned(200, WORD + STOP)) {
            assertThat(ask(canned)).isEqualTo("word");
        }
        try (var canned = new Canned(200, WORD + STRANGE_END + DONE)) {
            assertThat(ask(canned)).isEqualTo("word");
        }
    }

    @Test
    void an_endpoint_that_is_not_there() throws Exception {
        URI nobody;
        try (var socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/v1");
        }

        assertThatThrownBy(() -> model(nobody).ask("hello", Map.of(), parts::add))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(nobody + " cannot be reached")
                .hasMessageContaining("OPENAI_BASE_URL");
    }

    @Test
    void a_listener_that_fails_ends_the_request() {
        var refused = new IllegalStateException("not that one", new IOException("no failure of the endpoint"));

        Throwable thrown = catchThrowable(() -> model(scripted.url()).ask("[many:5000]", Map.of(), part -> {
            parts.add(part);
            throw refused;
        }));

        assertThat(thrown).isSameAs(refused);
        assertThat(parts).hasSize(1);
    }

    /** An Unwind is an Error: the library must not get it. */
    @Test
    void a_listener_that_leaves_by_an_error_is_left_alone() {
        var leaving = new AssertionError("leaving");

        assertThat(catchThrowable(() -> model(scripted.url()).ask("[many:5000]", Map.of(), part -> {
                    throw leaving;
                })))
                .isSameAs(leaving);
    }

    @Test
    void an_interrupt_ends_an_answer_that_does_not_go_on() throws Exception {
        var first = new CountDownLatch(1);
        var asking = new Asking(model(scripted.url()), "hello [hang:2]", first::countDown);
        assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();

        asking.interrupt();

        assertThat(asking.thrown()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void an_interrupt_ends_an_answer_that_comes_all_the_time() throws Exception {
        var first = new CountDownLatch(1);
        var asking = new Asking(model(scripted.url()), "[many:100000] [slow:1]", first::countDown);
        assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();

        asking.interrupt();

        assertThat(asking.thrown()).isInstanceOf(InterruptedException.class);
    }

    /** Not even the head of an answer; and the other side sees that nobody waits any more. */
    @Test
    void an_interrupt_ends_a_request_that_nobody_answers() throws Exception {
        try (var silent = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            var asking = new Asking(
                    model(URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/v1")), "hello", () -> {});
            try (Socket connection = silent.accept()) {
                assertThat(connection.getInputStream().read()).isEqualTo('P');

                asking.interrupt();

                assertThat(asking.thrown()).isInstanceOf(InterruptedException.class);
                assertThat(ended(connection)).isTrue();
            }
        }
    }

    private static boolean ended(Socket connection) throws IOException {
        try {
            connection.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (SocketException reset) {
            // Also an end.
        }
        return true;
    }

    private String ask(String message) throws IOException, InterruptedException {
        return model(scripted.url()).ask(message, Map.of(), parts::add);
    }

    private String ask(Canned canned) throws IOException, InterruptedException {
        return model(canned.url()).ask("hello", Map.of(), parts::add);
    }

    private static Model model(URI url) {
        return new Model(new Endpoint(url, null, "scripted"));
    }

    /** A thread that asks. */
    private static final class Asking {
        private final CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        private final Thread thread;

        Asking(Model model, String message, Runnable onPart) {
            thread = Thread.ofVirtual()
                    .start(() ->
                            thrown.complete(catchThrowable(() -> model.ask(message, Map.of(), part -> onPart.run()))));
        }

        void interrupt() {
            thread.interrupt();
        }

        Throwable thrown() throws Exception {
            return thrown.get(20, TimeUnit.SECONDS);
        }
    }
}
