/** NATS servers of our own, with JetStream, which can be killed, stopped and started again: for drills, benchmarks and tests. */
@NullMarked
package dev.holdfast.localnats;

import org.jspecify.annotations.NullMarked;
