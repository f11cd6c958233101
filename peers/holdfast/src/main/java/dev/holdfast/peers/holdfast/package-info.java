/** Holdfast at the work that its peers do. */
@NullMarked
package dev.holdfast.peers.holdfast;

import org.jspecify.annotations.NullMarked;
