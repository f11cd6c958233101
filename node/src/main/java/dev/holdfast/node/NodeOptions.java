package dev.holdfast.node;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.EngineOptions;

/**
 * How an embedded node behaves.
 *
 * @param namespace where its client starts runs and looks for them
 * @param engine slots, grace, metrics
 */
public record NodeOptions(Namespace namespace, EngineOptions engine) {
    /** The default namespace and the engine's defaults. */
    public static NodeOptions defaults() {
        return new NodeOptions(Namespace.DEFAULT, EngineOptions.defaults());
    }

    public NodeOptions namespace(Namespace name) {
        return new NodeOptions(name, engine);
    }

    public NodeOptions engine(EngineOptions options) {
        return new NodeOptions(namespace, options);
    }
}
