-- What a run can wait for.

ALTER TABLE runs ADD COLUMN parent BLOB;             -- who has started it; null for nobody
ALTER TABLE runs ADD COLUMN parent_attempt INTEGER;
ALTER TABLE runs ADD COLUMN parent_key TEXT;
ALTER TABLE runs ADD COLUMN detached INTEGER;        -- 1: it does not end with its parent
ALTER TABLE runs ADD COLUMN waiting TEXT;            -- BLOCKED: the keys of the steps that it goes on with

-- A child is started once.
CREATE UNIQUE INDEX runs_child ON runs (parent, parent_attempt, parent_key) WHERE parent IS NOT NULL;
-- Those that end with their parent.
CREATE INDEX runs_children ON runs (parent) WHERE parent IS NOT NULL AND outcome IS NULL AND detached = 0;

ALTER TABLE steps ADD COLUMN wait TEXT;              -- what it waits for, or has waited for
ALTER TABLE step_history ADD COLUMN wait TEXT;
CREATE INDEX steps_pending ON steps (run) WHERE status = 'PENDING';

-- Signals that nobody waited for when they came, in the order in which they are taken.
CREATE TABLE signals (
    run    BLOB    NOT NULL,
    name   TEXT    NOT NULL,
    number INTEGER NOT NULL,
    body   TEXT    NOT NULL,
    PRIMARY KEY (run, name, number)
) WITHOUT ROWID;

-- Who is told when a run ends.
CREATE TABLE waits (
    target BLOB NOT NULL,
    waiter BLOB NOT NULL,
    PRIMARY KEY (target, waiter)
) WITHOUT ROWID;

CREATE TABLE tokens (
    id        TEXT    NOT NULL PRIMARY KEY,
    run       BLOB    NOT NULL,
    key       TEXT    NOT NULL,          -- of the step that has opened it
    until     INTEGER NOT NULL,
    completed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tokens_of_run ON tokens (run, key);
