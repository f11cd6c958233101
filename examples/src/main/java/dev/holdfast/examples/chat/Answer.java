package dev.holdfast.examples.chat;

import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One answer on its way: hands its pieces on, and remembers how it ended. */
final class Answer implements StreamingChatResponseHandler {
    private final Consumer<String> part;
    private final StringBuilder text = new StringBuilder();
    private @Nullable Throwable failure;
    private @Nullable RuntimeException ours;
    private boolean finished;

    Answer(Consumer<String> part) {
        this.part = part;
    }

    String text() {
        return text.toString();
    }

    /** What the listener threw, which is nobody else's failure; null if it did not. */
    @Nullable
    RuntimeException ours() {
        return ours;
    }

    /** The first thing that went wrong; null if nothing did. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Whether the model has said why it stopped. */
    boolean finished() {
        return finished;
    }

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
        // The library goes on after a failure, its own and ours.
        if (failure != null) {
            context.streamingHandle().cancel();
            return;
        }
        text.append(piece.text());
        try {
            part.accept(piece.text());
        } catch (RuntimeException e) {
            ours = e;
            throw e;
        }
    }

    /** An error that comes as an event like any other: the library makes nothing of it. */
    @Override
    public void onUnmappedRawEvent(Object event) {
        if (event instanceof ServerSentEvent sent) {
            String complaint = Complaint.inEvent(sent.data());
            if (complaint != null) onError(new IOException(complaint));
        }
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        finished = response.finishReason() != null;
    }

    @Override
    public void onError(Throwable error) {
        if (failure == null) failure = error;
    }
}
