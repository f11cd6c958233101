/**
 * Streams of runs on NATS JetStream, and hints over core NATS.
 *
 * <p>Each run has a subject, each batch of entries is one message in it. What fences is that a message names the one behind
 * which it belongs: a chain, in which an epoch that has opened leaves no room for an older one.
 */
@NullMarked
package dev.holdfast.nats;

import org.jspecify.annotations.NullMarked;
