package dev.holdfast.core;

/** The request was understood and not accepted; repeating it will not help. Nothing was changed. */
public final class Refused extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * @param code stable, lower case with underscores
     * @param message what happened, to which thing, why, and what to do
     */
    public Refused(String code, String message) {
        super(code, message);
    }
}
