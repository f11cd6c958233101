package dev.holdfast.examples.chat;

import dev.holdfast.examples.model.ScriptedModel;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The model that answers, made when it is first asked: a process that never chats loads nothing of it. */
final class Models {
    private final Map<String, String> environment;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Model model;

    Models(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** The one that the environment names, or the scripted one, which then serves as long as this process lives. */
    Model get() throws IOException {
        lock.lock();
        try {
            Model known = model;
            if (known == null) {
                Optional<Endpoint> named = Endpoint.of(environment);
                known = new Model(named.isPresent() ? named.get() : Endpoint.of(ScriptedModel.start(0)));
                model = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }
}
