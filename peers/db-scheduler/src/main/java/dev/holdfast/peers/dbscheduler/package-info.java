/** db-scheduler's own way. */
@NullMarked
package dev.holdfast.peers.dbscheduler;

import org.jspecify.annotations.NullMarked;
