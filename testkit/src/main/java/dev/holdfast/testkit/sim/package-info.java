/** Threads that take turns and time that only passes when nobody can go on: what a simulation is made of. */
@NullMarked
package dev.holdfast.testkit.sim;

import org.jspecify.annotations.NullMarked;
