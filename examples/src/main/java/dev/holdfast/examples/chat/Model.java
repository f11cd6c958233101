package dev.holdfast.examples.chat;

import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Thrown;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks one endpoint, through the client library. Everything happens on the calling thread, see {@link Wire}: whoever
 * interrupts it ends the request, and a listener that blocks slows the model down.
 */
final class Model {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int TIMED_OUT = 408;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    private final Endpoint endpoint;
    private final HttpClient http = HttpClient.newBuilder()
            // Offering HTTP/2 without TLS confuses some of the servers that people run at home.
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    Model(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * Asks and listens to the end.
     *
     * @param headers to send with the request
     * @param part gets each piece of the answer as it comes
     * @return the whole answer
     * @throws NoRetry if the endpoint will not answer this, however often it is asked
     * @throws IOException if it could not be reached, failed, or broke off
     */
    String ask(String message, Map<String, String> headers, Consumer<String> part)
            throws IOException, InterruptedException {
        var wire = new Wire(http);
        var model = OpenAiStreamingChatModel.builder()
                .httpClientBuilder(wire)
                .baseUrl(endpoint.base().toString())
                .apiKey(endpoint.key())
                .modelName(endpoint.model())
                .customHeaders(headers)
                .build();
        var answer = new Answer(part);
        model.chat(ChatRequest.builder().messages(UserMessage.from(message)).build(), answer);
        RuntimeException ours = answer.ours();
        if (ours != null) throw ours;
        Throwable failure = answer.failure();
        if (failure != null) throw failed(failure, answer);
        if (!answer.finished() && !wire.done()) throw brokeOff(answer, "the stream ended before the answer did", null);
        return answer.text();
    }

    /** @return what is to be thrown for what the library says */
    private IOException failed(Throwable failure, Answer answer) throws InterruptedException {
        InterruptedException interrupt = Thrown.find(failure, InterruptedException.class);
        if (interrupt != null) {
            // Told by the exception, so not by the thread any more.
            Thread.interrupted();
            throw interrupt;
        }
        HttpException refusal = Thrown.find(failure, HttpException.class);
        if (refusal != null) return refused(refusal);
        IOException broken = Thrown.find(failure, IOException.class);
        if (broken instanceof ConnectException || broken instanceof HttpConnectTimeoutException) {
            return new IOException(
                    "The " + endpoint + " cannot be reached (" + broken
                            + "). Is it running, and is OPENAI_BASE_URL its address?",
                    failure);
        }
        return brokeOff(answer, Thrown.message(broken == null ? failure : broken), failure);
    }

    private IOException refused(HttpException refusal) {
        int status = refusal.statusCode();
        String said = "The " + endpoint + " answered " + status + ": "
                + Complaint.inBody(String.valueOf(refusal.getMessage())) + advice(status);
        if (status == TIMED_OUT || status == TOO_MANY || status >= SERVER_ERROR) return new IOException(said, refusal);
        throw new NoRetry(said, refusal);
    }

    private static String advice(int status) {
        return switch (status) {
            case 401, 403 -> " Check OPENAI_API_KEY.";
            case 404 -> " Check OPENAI_MODEL and OPENAI_BASE_URL.";
            default -> "";
        };
    }

    private IOException brokeOff(Answer answer, String why, @Nullable Throwable cause) {
        return new IOException(
                "The " + endpoint + " broke off after " + answer.text().length() + " characters: " + why, cause);
    }
}
