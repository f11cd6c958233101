package dev.holdfast.sdk;

/** What a node can run: the code of a task. */
public sealed interface Hosted permits Handler {}
