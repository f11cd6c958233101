package dev.holdfast.postgres;

import java.util.List;

/** Says something to other nodes. */
interface Speaker {
    /** Of nobody. */
    long NO_NUMBER = 0;

    Speaker NOBODY = new Speaker() {
        @Override
        public long number() {
            return NO_NUMBER;
        }

        @Override
        public boolean isAlone() {
            return true;
        }

        @Override
        public List<Long> others() {
            return List.of();
        }

        @Override
        public void say(long node, String payload) {}
    };

    /** Who speaks. */
    long number();

    /** Whether there is nobody else, as it was seen last: asked at every hint. */
    boolean isAlone();

    /** The numbers of the other nodes, as they were seen last. */
    List<Long> others();

    void say(long node, String payload);
}
