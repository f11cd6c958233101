package dev.holdfast.node;

import dev.holdfast.core.Unavailable;

/** What a node says when it is asked whether it serves. */
final class State {
    private State() {}

    /** "open", or why it does not serve. */
    static String of(Holdfast node) {
        try {
            node.demandOpen();
            return "open";
        } catch (Unavailable e) {
            return e.code();
        }
    }

    static boolean serves(Holdfast node) {
        return of(node).equals("open");
    }
}
