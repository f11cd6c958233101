@NullMarked
package dev.holdfast.testkit.engine;

import org.jspecify.annotations.NullMarked;
