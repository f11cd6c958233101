/** JobRunr's own way. */
@NullMarked
package dev.holdfast.peers.jobrunr;

import org.jspecify.annotations.NullMarked;
