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
    private static final int LEAST = 16;
    private static final int MOST = 256;
    private static final Duration FORGOTTEN = Duration.ofSeconds(10);

    private final Wire wire;
    private final JetStreamSubscription subscription;
    private final boolean headersOnly;
    private int asked = LEAST;
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
            if (left == 0) {
                subscription.pull(PullRequestOptions.builder(asked)
                        .expiresIn(Wire.PATIENCE)
                        .build());
                left = asked;
                asked = Math.min(MOST, asked * 2);
            }
            left--;
            return subscription.nextMessage(Wire.PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Wire.away(e);
        } catch (IllegalStateException e) {
            throw Wire.away(e);
        }
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
