/** The SQLite store against the contracts, crashes, full disks and broken files. */
@NullMarked
package dev.holdfast.sqlite;

import org.jspecify.annotations.NullMarked;
