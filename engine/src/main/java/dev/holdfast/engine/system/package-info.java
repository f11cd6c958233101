/** The ports as a real process has them: real threads, real time, real randomness. The only place that touches them. */
@NullMarked
package dev.holdfast.engine.system;

import org.jspecify.annotations.NullMarked;
