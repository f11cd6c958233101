/** Tests of what reads from nodes elsewhere. */
@NullMarked
package dev.holdfast.sdk.remote;

import org.jspecify.annotations.NullMarked;
