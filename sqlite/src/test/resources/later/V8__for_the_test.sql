-- What a later version might do: a column, an index, a table that is filled from another.
ALTER TABLE runs ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_priority ON runs (priority) WHERE priority <> 0;
CREATE TABLE counts (
    namespace TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    runs      INTEGER NOT NULL,
    PRIMARY KEY (namespace, name)
) WITHOUT ROWID;
INSERT INTO counts (namespace, name, runs) SELECT namespace, task, count(*) FROM runs GROUP BY namespace, task;
