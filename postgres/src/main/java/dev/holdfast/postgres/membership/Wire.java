package dev.holdfast.postgres.membership;

import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.Use;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A session that is made again after it was lost. Used by one thread; cut by any. */
final class Wire {
    private volatile Connections connections;
    private final Use use;
    private volatile @Nullable Link link;
    private volatile boolean cut;

    Wire(Connections connections, Use use) {
        this.connections = connections;
        this.use = use;
    }

    /** The session; a new one if there is none. */
    Link link() throws SQLException {
        Link now = link;
        if (now != null) return now;
        Link made = Link.open(connections, use);
        link = made;
        if (cut) made.abort();
        return made;
    }

    /** The next one is made by these: the node has its number now. */
    void then(Connections named) {
        connections = named;
    }

    /** It failed: the next one is a new one. */
    void lost() {
        Link now = link;
        link = null;
        if (now != null) now.abort();
    }

    /** For good: whoever uses it or waits on it fails. */
    void cut() {
        cut = true;
        Link now = link;
        if (now != null) now.abort();
    }
}
