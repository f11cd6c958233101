package dev.holdfast.testkit;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The engine tells of every trouble that it meets; in worlds that are made of it, nobody wants to be told. */
public final class QuietEngine implements BeforeEachCallback, AfterEachCallback {
    private final Logger log = Logger.getLogger("dev.holdfast.engine");

    @Override
    public void beforeEach(ExtensionContext test) {
        log.setLevel(Level.OFF);
    }

    @Override
    public void afterEach(ExtensionContext test) {
        log.setLevel(null);
    }
}
