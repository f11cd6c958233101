package dev.holdfast.testkit;

/** How much is tested. */
public enum Extent {
    /** What a developer waits for. */
    USUAL,
    /** Everything, as before a change lands. */
    ALL;

    /** {@link #ALL} where {@code HOLDFAST_TESTS=all}. */
    public static Extent now() {
        return "all".equals(System.getenv("HOLDFAST_TESTS")) ? ALL : USUAL;
    }
}
