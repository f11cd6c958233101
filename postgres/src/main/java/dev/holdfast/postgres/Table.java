package dev.holdfast.postgres;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A table as its new rows are written: its columns in one order, and how each lies in it.
 *
 * @param name of the table
 * @param columns their names
 * @param types theirs, in the same order
 */
record Table(String name, List<String> columns, List<Columns.Type> types) {
    Table {
        if (columns.size() != types.size()) {
            throw new IllegalArgumentException(
                    name + " has " + columns.size() + " columns of " + types.size() + " types");
        }
    }

    /** @param columns separated by commas */
    static Table of(String name, String columns, Columns.Type... types) {
        return new Table(name, List.of(columns.split(", ")), List.of(types));
    }

    Columns rows() {
        return new Columns(types);
    }

    /** The rows of these columns, as {@code v} of a statement that writes what is there already. */
    String source(List<Integer> chosen) {
        String names = chosen.stream().map(columns::get).collect(Collectors.joining(", "));
        return Columns.unnest(chosen.stream().map(types::get).toList()) + " AS v(" + names + ")";
    }

    String insert() {
        return "INSERT INTO " + named(columns) + " SELECT * FROM " + Columns.unnest(types) + " AS v";
    }

    /** Of these columns; the others are null. */
    String copy(List<Integer> chosen) {
        return "COPY " + named(chosen.stream().map(columns::get).toList()) + " FROM STDIN (FORMAT binary)";
    }

    private String named(List<String> some) {
        return name + " (" + String.join(", ", some) + ")";
    }
}
