/** Ledger, stream and membership of many nodes on PostgreSQL. */
@NullMarked
package dev.holdfast.postgres;

import org.jspecify.annotations.NullMarked;
