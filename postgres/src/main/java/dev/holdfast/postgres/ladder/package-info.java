/** A replica that answers what may be behind, and whom to ask when it is. */
@NullMarked
package dev.holdfast.postgres.ladder;

import org.jspecify.annotations.NullMarked;
