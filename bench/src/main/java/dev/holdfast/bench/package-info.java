/** What a run costs, and how that compares to the floor: the same rows, written by bare statements. */
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;
