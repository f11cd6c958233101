/** PostgreSQL servers of our own, started from binaries: for drills and tests. */
@NullMarked
package dev.holdfast.localpg;

import org.jspecify.annotations.NullMarked;
