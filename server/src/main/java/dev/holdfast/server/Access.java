package dev.holdfast.server;

import dev.holdfast.node.ApiKey;

/** Who may ask for a route. */
sealed interface Access {
    /** Whoever reaches the server. */
    record Everybody() implements Access {}

    /** A key with this scope, while the node can look at its keys; while it cannot, the route is refused. */
    record Key(ApiKey.Scope scope) implements Access {}

    /** As a key that may look at everything, or a link to the run of the path in its query. */
    record Watching() implements Access {}

    /** A key with this scope. While the node cannot look at its keys, those that it has seen last count. */
    record KnownKey(ApiKey.Scope scope) implements Access {}
}
