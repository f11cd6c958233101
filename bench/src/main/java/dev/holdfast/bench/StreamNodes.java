package dev.holdfast.bench;

import dev.holdfast.core.RunId;
import dev.holdfast.drills.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The nodes of a measurement, each a process. */
final class StreamNodes implements AutoCloseable {
    private static final int GRACE_SECONDS = 10;

    private final StreamStore.Place place;
    private final List<Node> nodes = new ArrayList<>();

    private record Node(Process process, BufferedReader answers, PrintWriter orders, URI url) {
        String ask(String line) throws IOException {
            orders.println(line);
            orders.flush();
            String answer = answers.readLine();
            if (answer == null) throw new IllegalStateException("a node has failed: see what it printed");
            return answer;
        }
    }

    private StreamNodes(StreamStore.Place place) {
        this.place = place;
    }

    /** @param errors gets what the nodes print to standard error */
    static StreamNodes open(StreamStore store, Path folder, Path errors) throws IOException {
        var all = new StreamNodes(store.prepare(folder));
        try {
            for (int i = 0; i < store.nodes(); i++) {
                var process = new ProcessBuilder(
                                JavaCommand.like(StreamNode.class.getName(), store.name(), all.place.where()))
                        .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                        .start();
                var answers = process.inputReader();
                String url = answers.readLine();
                if (url == null) throw new IllegalStateException("a node could not be opened: see " + errors);
                all.nodes.add(new Node(process, answers, new PrintWriter(process.outputWriter()), URI.create(url)));
            }
            return all;
        } catch (IOException | RuntimeException e) {
            all.close();
            throw e;
        }
    }

    List<URI> urls() {
        return nodes.stream().map(Node::url).toList();
    }

    /** Starts runs that send chunks; everyMicros is 0 for as quickly as they are taken. */
    List<RunId> start(int count, int chunks, long everyMicros) throws IOException {
        String ids = nodes.getFirst().ask("start " + count + " " + chunks + " " + everyMicros);
        return Arrays.stream(ids.split(" ", -1))
                .map(id -> RunId.parse(id).orElseThrow())
                .toList();
    }

    /** Bytes in use after a collection, of the node that has most of them. */
    long largestHeap() throws IOException {
        long largest = 0;
        for (Node node : nodes) largest = Math.max(largest, Long.parseLong(node.ask("heap")));
        return largest;
    }

    @Override
    public void close() {
        // At the end of its orders each of them ends.
        nodes.forEach(node -> node.orders().close());
        for (Node node : nodes) {
            try {
                if (node.process().waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) continue;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            node.process().destroyForcibly();
        }
        try {
            place.end().close();
        } catch (Exception e) {
            throw new IllegalStateException("the place of the streams could not be closed", e);
        }
    }
}
