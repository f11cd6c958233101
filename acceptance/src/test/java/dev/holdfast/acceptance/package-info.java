/** Tests of the whole. */
@NullMarked
package dev.holdfast.acceptance;

import org.jspecify.annotations.NullMarked;
