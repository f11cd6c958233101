package dev.holdfast.node;

import dev.holdfast.postgres.membership.Listener;

/** Does not care what becomes of its node. */
final class Quiet implements Listener {
    @Override
    public void suspended() {}

    @Override
    public void stop() {}

    @Override
    public void overdue() {}

    @Override
    public void resumed(Pause pause) {}

    @Override
    public void dead(String why) {}
}
