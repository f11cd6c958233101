/** A turn of a conversation with a language model. */
@NullMarked
package dev.holdfast.examples.chat;

import org.jspecify.annotations.NullMarked;
