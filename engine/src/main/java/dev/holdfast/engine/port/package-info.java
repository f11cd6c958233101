/** Everything the engine needs from outside: where runs are written down, threads, time, ids, hints. */
@NullMarked
package dev.holdfast.engine.port;

import org.jspecify.annotations.NullMarked;
