/** Tests against real servers. */
@NullMarked
package dev.holdfast.nats;

import org.jspecify.annotations.NullMarked;
