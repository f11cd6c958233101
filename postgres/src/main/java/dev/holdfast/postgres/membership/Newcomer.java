package dev.holdfast.postgres.membership;

/**
 * What a node says about itself when it joins.
 *
 * @param label for people; need not be unique
 * @param address where other nodes and people reach it; may be empty
 * @param schemaFrom the oldest version of the schema that its program works with
 * @param schemaTo … and the newest
 * @param streams where it has those of its runs
 */
public record Newcomer(String label, String address, int schemaFrom, int schemaTo, StreamPlace streams) {
    /** With streams in the database. */
    public Newcomer(String label, String address, int schemaFrom, int schemaTo) {
        this(label, address, schemaFrom, schemaTo, StreamPlace.TABLES);
    }

    public Newcomer streams(StreamPlace where) {
        return new Newcomer(label, address, schemaFrom, schemaTo, where);
    }
}
