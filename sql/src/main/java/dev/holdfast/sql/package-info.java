/** What the stores on SQL databases share: how things are rows, and how they are read. */
@NullMarked
package dev.holdfast.sql;

import org.jspecify.annotations.NullMarked;
