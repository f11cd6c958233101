/** What every peer is asked to do, and how it is measured. */
@NullMarked
package dev.holdfast.peers;

import org.jspecify.annotations.NullMarked;
