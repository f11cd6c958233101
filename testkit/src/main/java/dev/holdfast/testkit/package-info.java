/** Tools to test with: an in-memory ledger, contract suites and the history checker. */
@NullMarked
package dev.holdfast.testkit;

import org.jspecify.annotations.NullMarked;
