package dev.holdfast.postgres;

/**
 * Whether a claim has passed over something that somebody else had locked at that moment: another claim, most often, which
 * may leave something. Nobody says when he is done with it.
 */
final class PassedOver {
    private boolean something;

    void note() {
        something = true;
    }

    boolean something() {
        return something;
    }
}
