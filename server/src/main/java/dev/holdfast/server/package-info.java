/** A full node: HTTP API, events and pages. */
@NullMarked
package dev.holdfast.server;

import org.jspecify.annotations.NullMarked;
