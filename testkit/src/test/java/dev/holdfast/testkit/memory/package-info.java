/** The ledger in memory against the contract, and the contract against ledgers that are wrong. */
@NullMarked
package dev.holdfast.testkit.memory;

import org.jspecify.annotations.NullMarked;
