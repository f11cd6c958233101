/** Ledger and stream in one SQLite database with one writer. */
@NullMarked
package dev.holdfast.sqlite;

import org.jspecify.annotations.NullMarked;
