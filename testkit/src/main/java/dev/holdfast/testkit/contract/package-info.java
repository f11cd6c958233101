/** What every ledger and every stream log must do, as test suites that each of them passes. */
@NullMarked
package dev.holdfast.testkit.contract;

import org.jspecify.annotations.NullMarked;
