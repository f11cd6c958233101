/** Ledger and stream of many nodes on PostgreSQL, and the way into a cluster of them ({@link dev.holdfast.postgres.PgCluster}). */
@NullMarked
package dev.holdfast.postgres;

import org.jspecify.annotations.NullMarked;
