package dev.holdfast.testkit.sim;

import java.util.SplittableRandom;

/** Who goes on when several can. */
public interface Choice {
    /**
     * Picks one of those that can go on, in the order of a round: the first is whoever comes after the one that has the
     * turn, the last is that one itself if it can go on.
     *
     * @param count how many there are
     * @param current whether the last of them has the turn now
     */
    int pick(int count, Current current);

    /** Whether time passes although somebody could go on: the one whose wait ends next is quicker than they are. */
    boolean hurries();

    /** Whether the thread that chooses can go on itself. */
    enum Current {
        CAN_GO_ON,
        WAITS
    }

    /** Nobody is disturbed: who has the turn keeps it until it waits, then comes the next in the round. */
    static Choice inOrder() {
        return new Choice() {
            @Override
            public int pick(int count, Current current) {
                return current == Current.CAN_GO_ON ? count - 1 : 0;
            }

            @Override
            public boolean hurries() {
                return false;
            }
        };
    }

    /** Anybody, drawn from a seed. How often the turn changes, and how often time hurries, is drawn from it too. */
    static Choice seeded(long seed) {
        // Not Random: with seeds that are neighbours it begins with numbers that are neighbours.
        var random = new SplittableRandom(seed);
        double keeps = random.nextInt(4) / 4.0;
        double hurries = random.nextBoolean() ? 0 : 0.002;
        return new Choice() {
            @Override
            public int pick(int count, Current current) {
                if (count == 1) return 0;
                if (current == Current.CAN_GO_ON && random.nextDouble() < keeps) return count - 1;
                return random.nextInt(count);
            }

            @Override
            public boolean hurries() {
                return hurries > 0 && random.nextDouble() < hurries;
            }
        };
    }
}
