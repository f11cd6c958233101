/** The words and the rules: what a run is, and what each command does to it. No I/O, no clock, no randomness. */
@NullMarked
package dev.holdfast.core;

import org.jspecify.annotations.NullMarked;
