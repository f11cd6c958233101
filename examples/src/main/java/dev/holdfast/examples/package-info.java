/** Plain handlers that show how tasks are written. */
@NullMarked
package dev.holdfast.examples;

import org.jspecify.annotations.NullMarked;
