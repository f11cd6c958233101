/** Codecs and dialects by themselves; what reads is tested by the stores, on their databases. */
@NullMarked
package dev.holdfast.sql;

import org.jspecify.annotations.NullMarked;
