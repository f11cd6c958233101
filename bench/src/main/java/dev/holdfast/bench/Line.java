package dev.holdfast.bench;

/**
 * What a figure is about: a line of the table.
 *
 * @param load what was done
 * @param name what was measured of it
 */
record Line(String load, String name, Unit unit) {}
