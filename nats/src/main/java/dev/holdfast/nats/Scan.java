package dev.holdfast.nats;

import dev.holdfast.nats.Wire.Found;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullRequestOptions;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages in order, many of them: a consumer that is made for this and forgotten afterwards. It may read from a server
 * that follows the leader, which has what the leader has a moment later; so whoever reads knows from the leader how far to go.
 */
final class Scan implements AutoCloseable {
    /** Messages in a pull, at first, and later. */
    private static final int LEAST = 4;

    private static final int MOST = 256;
    /** Bytes in a pull: more than the largest message has, and about what a page takes. */
    private static final int ROOM = 1_500_000;

    private static final Duration FORGOTTEN = Duration.ofSeconds(10);

    private final Wire wire;
    private final JetStreamSubscription subscription;
    private final boolean headersOnly;
    private int pulled;
    private int left;
    private long seen;

    /** What of the messages is read. */
    enum What {
        HEADERS,
        ALL
    }

    /**
     * @param subject whose messages; may be a pattern
     * @param from the first sequence
     */
    Scan(Wire wire, String subject, long from, What what) {
        this.wire = wire;
        this.headersOnly = what == What.HEADERS;
        var consumer = ConsumerConfiguration.builder()
                .filterSubject(subject)
                .ackPolicy(AckPolicy.None)
                .headersOnly(headersOnly)
                .memStorage(true)
                .numReplicas(1)
                .inactiveThreshold(FORGOTTEN);
        if (from > 1) consumer.deliverPolicy(DeliverPolicy.ByStartSequence).startSequence(from);
        else consumer.deliverPolicy(DeliverPolicy.All);
        try {
            this.subscription = wire.connection()
                    .jetStream(JetStreamOptions.builder()
                            .requestTimeout(Wire.PATIENCE)
                            .build())
                    .subscribe(
                            subject,
                            PullSubscribeOptions.builder().stream(wire.stream())
                                    .configuration(consumer.build())
                                    .build());
        } catch (IOException | JetStreamApiException | IllegalStateException e) {
            throw Wire.away(e);
        }
    }

    private Message message() {
        Message next = messageOrNone();
        if (next == null) throw Wire.away(null);
        return next;
    }

    /** The next message, as it comes; null if none comes. */
    @Nullable
    Message messageOrNone() {
        Message next = next();
        if (next == null) return null;
        var where = next.metaData();
        seen++;
        // Nothing of it is known to have come: what is missing here was lost on the way, and not by the stream.
        if (where.consumerSequence() != seen) throw Wire.away(null);
        return next;
    }

    /** The next one. */
    Found found() {
        Message next = message();
        long sequence = next.metaData().streamSequence();
        if (headersOnly && Parcel.needsBody(next.getHeaders())) return wire.at(sequence);
        byte[] body = headersOnly ? new byte[0] : next.getData();
        return new Found(sequence, Parcel.read(next.getHeaders(), body, wire.stream() + "#" + sequence));
    }

    private @Nullable Message next() {
        try {
            if (left == 0) pull();
            Message next = subscription.nextMessage(Wire.PATIENCE);
            // A pull that has given something ends early when the next message is more than it may have.
            if (next == null && left < pulled) {
                pull();
                next = subscription.nextMessage(Wire.PATIENCE);
            }
            if (next != null) left--;
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Wire.away(e);
        } catch (IllegalStateException e) {
            throw Wire.away(e);
        }
    }

    private void pull() {
        pulled = pulled == 0 ? LEAST : Math.min(MOST, pulled * 2);
        left = pulled;
        var pull = PullRequestOptions.builder(pulled).expiresIn(Wire.PATIENCE);
        // Bodies count there also where only headers are sent.
        if (!headersOnly) pull.maxBytes(ROOM);
        subscription.pull(pull.build());
    }

    @Override
    public void close() {
        try {
            String consumer = subscription.getConsumerName();
            subscription.unsubscribe();
            wire.tell("CONSUMER.DELETE." + wire.stream() + "." + consumer, new byte[0]);
        } catch (IllegalStateException e) {
            // The connection is closed: the server forgets it.
        }
    }
}
