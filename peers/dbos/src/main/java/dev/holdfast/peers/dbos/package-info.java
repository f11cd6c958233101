/** DBOS Transact's own way. */
@NullMarked
package dev.holdfast.peers.dbos;

import org.jspecify.annotations.NullMarked;
