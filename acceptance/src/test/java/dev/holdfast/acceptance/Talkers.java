package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who talks in a conversation on a {@link Trio}, at one node after the other, whatever becomes of them. */
final class Talkers implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** So many messages are never answered. */
    private static final int AHEAD = 3;

    private final Trio trio;
    private final String thread;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Future<List<String>> posted;
    private volatile boolean enough;

    private Talkers(Trio trio, String thread) {
        this.trio = trio;
        this.thread = thread;
        Callable<List<String>> talking = this::talk;
        this.posted = executor.submit(talking);
    }

    static Talkers begin(Trio trio, String thread) {
        return new Talkers(trio, thread);
    }

    /** Each is acknowledged before the next one is posted. */
    private List<String> talk() throws InterruptedException {
        var turns = new ArrayList<String>();
        for (int i = 0; !enough; i++) {
            String body = "{\"input\":{\"message\":\"[slow:30] [stamp] m" + i + "\"}}";
            turns.add(post(body, UUID.randomUUID().toString()));
            if (i >= AHEAD) awaitEnded(turns.get(i - AHEAD));
        }
        return turns;
    }

    private String post(String body, String request) {
        var answer = await("a message is accepted")
                .atMost(Stage.PATIENCE)
                .pollInterval(Duration.ofMillis(25))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(
                        () -> trio.any()
                                .post("/v1/threads/" + thread + "/messages", body, Map.of("Idempotency-Key", request)),
                        each -> each.status() == 202);
        return JSON.readTree(answer.body()).path("id").asString();
    }

    private void awaitEnded(String run) throws InterruptedException {
        await(run + " has ended")
                .atMost(Stage.PATIENCE.multipliedBy(2))
                .pollInterval(Duration.ofMillis(25))
                .until(() -> !trio.run(run).path("finishedAt").isNull());
    }

    /** When each word of an answer was said, in microseconds. */
    static List<Long> said(JsonNode turn) {
        return Stream.of(turn.path("output").asString().split(" ", -1))
                .map(word -> Long.parseLong(word.substring(word.lastIndexOf('·') + 1)))
                .toList();
    }

    /** Every message has had its turn, in the order in which they were posted, one after the other. @return how many */
    int assertInOrder() throws Exception {
        enough = true;
        var turns = new ArrayList<JsonNode>();
        for (String run : posted.get()) {
            awaitEnded(run);
            turns.add(trio.run(run));
        }
        for (int i = 0; i < turns.size(); i++) {
            assertThat(turns.get(i).path("outcome").asString()).as("turn %d", i).isEqualTo("SUCCEEDED");
            assertThat(turns.get(i).path("output").asString().replaceAll("·\\S+", ""))
                    .isEqualTo("You said: m" + i);
        }
        assertThat(IntStream.range(0, turns.size())
                        .boxed()
                        .sorted(Comparator.comparing(i -> said(turns.get(i)).getFirst())))
                .as("the order in which they had their turn")
                .isSorted();
        for (int i = 1; i < turns.size(); i++)
            assertThat(said(turns.get(i)).getFirst())
                    .as("turn %d begins when the one before it has ended", i)
                    .isGreaterThanOrEqualTo(said(turns.get(i - 1)).getLast());
        return turns.size();
    }

    @Override
    public void close() {
        enough = true;
        executor.shutdownNow();
    }
}
