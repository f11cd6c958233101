package dev.holdfast.drills;

/**
 * How long something took after what was done to a node.
 *
 * @param kind what was done
 * @param until what was waited for, as a sentence goes on
 */
record Lapse(String kind, String until, Spread spread) {}
