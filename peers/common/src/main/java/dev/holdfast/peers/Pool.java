package dev.holdfast.peers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/** The connections of a peer. All of them use the same pool, so that only its size is a setting. */
public final class Pool {
    /** A pool of this many connections, which are opened at once. */
    public static HikariDataSource of(String url, int size) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(size);
        config.setConnectionTimeout(60_000);
        return new HikariDataSource(config);
    }

    /** How that is told. */
    public static String told(int size) {
        return size + ", HikariCP 7.0.2";
    }

    private Pool() {}
}
