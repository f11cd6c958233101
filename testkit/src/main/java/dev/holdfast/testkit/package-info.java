/** Tools to test with: {@link dev.holdfast.testkit.TestHoldfast} for runs, and the history checker for everything. */
@NullMarked
package dev.holdfast.testkit;

import org.jspecify.annotations.NullMarked;
