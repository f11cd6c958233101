/** A ledger and a stream log in memory: plain, and obviously right. What the others are compared with. */
@NullMarked
package dev.holdfast.testkit.memory;

import org.jspecify.annotations.NullMarked;
