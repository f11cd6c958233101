package dev.holdfast.sdk;

import org.jspecify.annotations.Nullable;

/** Keeps a Context on the thread of its body, and out of the bodies of its steps. */
final class Confinement {
    private final Thread owner = Thread.currentThread();
    private @Nullable String inStep;
    private boolean over;

    /** @param call what was called, as {@code ctx.now()} */
    void check(String call) {
        if (!isOwner()) {
            throw new IllegalStateException(
                    "%s was called on thread '%s', but the Context belongs to the thread that the body of the task was called on. Call it there; work that needs another thread goes inside the body of a step."
                            .formatted(call, Thread.currentThread().getName()));
        }
        if (inStep != null) {
            throw new IllegalStateException(
                    "%s was called inside the body of step '%s', where it would not be recorded. Call it before or after that step and hand its result in; to send from here, use the scope: s.send(…)."
                            .formatted(call, inStep));
        }
        if (over) {
            throw new IllegalStateException(
                    call + " was called after the body of the task had ended. A Context is of no use outside it.");
        }
    }

    /** The body of a step that executes beside is not on the Context's thread, and gets nowhere with it anyway. */
    void enterStep(String name) {
        if (isOwner()) inStep = name;
    }

    void leaveStep() {
        if (isOwner()) inStep = null;
    }

    private boolean isOwner() {
        return owner.equals(Thread.currentThread());
    }

    void end() {
        over = true;
    }
}
