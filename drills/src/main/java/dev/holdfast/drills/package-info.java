/** Faults on purpose, on real processes, with a verdict. */
@NullMarked
package dev.holdfast.drills;

import org.jspecify.annotations.NullMarked;
