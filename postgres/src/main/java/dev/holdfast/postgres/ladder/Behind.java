package dev.holdfast.postgres.ladder;

/** The replica does not show this node: it has not come as far as that, or follows a copy of the database. */
final class Behind extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Behind() {
        super("the replica does not show this node", null, false, false);
    }
}
