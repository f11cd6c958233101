/** The words and rules of Holdfast. Pure: no clock, no I/O, no randomness; they are passed in. */
@NullMarked
package dev.holdfast.core;

import org.jspecify.annotations.NullMarked;
