/** One node, its clients and its watchers, and everything that can happen to them: a simulation. */
@NullMarked
package dev.holdfast.testkit.explain;

import org.jspecify.annotations.NullMarked;
