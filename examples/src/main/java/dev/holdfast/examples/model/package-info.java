/** A model that is a script: an OpenAI-compatible endpoint whose answers follow from the prompt. */
@NullMarked
package dev.holdfast.examples.model;

import org.jspecify.annotations.NullMarked;
