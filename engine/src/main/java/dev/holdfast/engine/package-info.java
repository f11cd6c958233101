/** The engine: who runs what, when, and what happens when it is lost. All ports live here. */
@NullMarked
package dev.holdfast.engine;

import org.jspecify.annotations.NullMarked;
