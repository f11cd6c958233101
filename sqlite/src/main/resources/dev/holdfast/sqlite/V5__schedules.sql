-- What starts runs by the clock.
CREATE TABLE schedules (
    namespace TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    cron      TEXT    NOT NULL,
    zone      TEXT    NOT NULL,
    missed    TEXT    NOT NULL,
    task      TEXT    NOT NULL,
    input     TEXT    NOT NULL,
    lane      TEXT,
    ttl       INTEGER,                   -- milliseconds
    revision  BLOB    NOT NULL,          -- of what stands above
    next      INTEGER,                   -- the planned time of the firing to come; null while it is paused
    last_at   INTEGER,
    last_run  BLOB,
    PRIMARY KEY (namespace, name)
);
CREATE INDEX schedules_next ON schedules (next, namespace, name, task) WHERE next IS NOT NULL;
