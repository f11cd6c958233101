/** Who of the nodes is alive: numbers and their locks, watching each other, what one says to another, stopping by time. */
@NullMarked
package dev.holdfast.postgres.membership;

import org.jspecify.annotations.NullMarked;
