/**
 * Nodes elsewhere, for programs that are none. Nothing of a node uses this, so it has the JDK's own threads and time: a
 * simulation never meets it.
 */
@NullMarked
package dev.holdfast.sdk.remote;

import org.jspecify.annotations.NullMarked;
