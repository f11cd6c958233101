/** The tools of the tests, tested. */
@NullMarked
package dev.holdfast.testkit;

import org.jspecify.annotations.NullMarked;
