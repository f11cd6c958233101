/** The façade for embedding Holdfast in a Java program. */
@NullMarked
package dev.holdfast.node;

import org.jspecify.annotations.NullMarked;
