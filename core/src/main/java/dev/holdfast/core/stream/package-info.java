/** What watchers see: the entries of a stream, which of them stand, and the fold that turns them into one text. */
@NullMarked
package dev.holdfast.core.stream;

import org.jspecify.annotations.NullMarked;
