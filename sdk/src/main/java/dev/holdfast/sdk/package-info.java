/** What users of Holdfast write and call: tasks, handlers, steps and the client. */
@NullMarked
package dev.holdfast.sdk;

import org.jspecify.annotations.NullMarked;
