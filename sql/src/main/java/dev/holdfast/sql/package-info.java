/**
 * What the stores on SQL databases share: how things are rows, and how they are read. What writes is the store's own.
 *
 * <p>The statements here are the same for all databases. So their parameters are {@code ?} in their order; a number is not a
 * condition, nor a condition a number; a derived table has a name; a parameter of which nothing tells the type is cast; a
 * {@code CROSS JOIN} has no {@code ON}. {@code INDEXED BY} names the index that is meant: a {@link dev.holdfast.sql.Dialect}
 * leaves it out where the planner takes no advice.
 *
 * <p>The tables have columns of these names, with instants and durations in milliseconds, flags that are 0 or 1, ids of the
 * dialect's type, and texts that are compared byte by byte ({@code COLLATE "C"}): lists go on where a text was.
 */
@NullMarked
package dev.holdfast.sql;

import org.jspecify.annotations.NullMarked;
