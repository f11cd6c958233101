package dev.holdfast.core;

import java.util.regex.Pattern;

/**
 * The tenant. It is part of every key and every query, so that what belongs to one is invisible to another.
 *
 * @param name 1 to 64 characters: lower-case letters, digits, {@code -} and {@code _}
 */
public record Namespace(String name) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");

    /** Where runs live if nobody says otherwise. */
    public static final Namespace DEFAULT = new Namespace("default");

    public Namespace {
        if (!NAME.matcher(name).matches()) {
            throw new Refused(
                    "namespace_invalid",
                    "namespace '" + name + "' is not allowed: use 1 to 64 lower-case letters, digits, '-' or '_'");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
