/** The client of an engine in the same process. */
@NullMarked
package dev.holdfast.engine.client;

import org.jspecify.annotations.NullMarked;
