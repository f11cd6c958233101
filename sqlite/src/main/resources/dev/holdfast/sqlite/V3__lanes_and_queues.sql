-- Lanes: parts of a queue that take turns, each with slots of its own.

-- Nothing was ever in a lane before.
ALTER TABLE runs DROP COLUMN lane;
ALTER TABLE runs ADD COLUMN lane TEXT NOT NULL DEFAULT '';       -- its name; empty for none
ALTER TABLE runs ADD COLUMN serial INTEGER NOT NULL DEFAULT 0;   -- 1: the lane has one slot, kept until the end
ALTER TABLE runs ADD COLUMN under INTEGER NOT NULL DEFAULT 0;    -- 1: a child that executes in its parent's slot
ALTER TABLE runs ADD COLUMN lingers_number INTEGER;              -- the node in which its code outlives the run
ALTER TABLE runs ADD COLUMN lingers_incarnation INTEGER;

-- Of what can be claimed now and is tried beside others: 0 was never started, 1 comes back, 2 needs no slot of its lane.
-- Null otherwise.
ALTER TABLE runs ADD COLUMN turn INTEGER;
UPDATE runs SET turn = (started IS NOT NULL) WHERE claim_at IS NOT NULL AND parked_version IS NULL AND losses < 3;

DROP INDEX runs_claimable;
CREATE INDEX runs_claimable ON runs (namespace, queue, lane, serial, turn, task, claim_at, id, deadline)
    WHERE turn IS NOT NULL;
DROP INDEX runs_parked;
CREATE INDEX runs_parked ON runs (namespace, queue, lane, serial, task, parked_version, claim_at, id, deadline)
    WHERE parked_version IS NOT NULL;
-- Who takes up room in a queue.
DROP INDEX runs_held;
CREATE INDEX runs_held ON runs (namespace, queue) WHERE holder_number IS NOT NULL;
CREATE INDEX runs_lingering ON runs (namespace, queue) WHERE lingers_number IS NOT NULL;
-- Lists. What is in no lane of the default queue pays for none of them.
CREATE INDEX runs_of_lane ON runs (namespace, queue, lane, id) WHERE lane <> '';
CREATE INDEX runs_of_queue ON runs (namespace, queue, id) WHERE queue <> 'default';
-- What a lane counts.
CREATE INDEX runs_in_lane ON runs (namespace, queue, lane, serial, slot_of, under, claim_at)
    WHERE lane <> '' AND (slot_of IS NOT NULL OR claim_at IS NOT NULL
        OR (under = 1 AND (outcome IS NULL OR lingers_number IS NOT NULL)));

-- A queue that was paused or has a limit.
CREATE TABLE queues (
    namespace        TEXT    NOT NULL,
    name             TEXT    NOT NULL,
    paused           INTEGER NOT NULL,
    concurrency      INTEGER,              -- null for no limit
    lane_concurrency INTEGER,              -- of each of its concurrent lanes; null for no limit
    PRIMARY KEY (namespace, name)
) WITHOUT ROWID;

CREATE TABLE paused_lanes (
    namespace TEXT NOT NULL,
    queue     TEXT NOT NULL,
    lane      TEXT NOT NULL,
    PRIMARY KEY (namespace, queue, lane)
) WITHOUT ROWID;

-- A lane with something to do: a row comes with the first run that can be claimed, and goes when nothing of it is left.
-- The counts are those of the rows of `runs`, changed in the same transaction. The runs of a queue that are in no lane are
-- the one with the empty name: nothing of it is counted, its row only says that it takes part.
CREATE TABLE lanes (
    namespace TEXT    NOT NULL,
    queue     TEXT    NOT NULL,
    lane      TEXT    NOT NULL,
    serial    INTEGER NOT NULL,
    paused    INTEGER NOT NULL,            -- the lane or its queue
    gate      TEXT    NOT NULL,            -- empty; names its queue if that has a limit over all its lanes
    slots     INTEGER,                     -- null for no limit
    taken     INTEGER NOT NULL,            -- runs that hold a slot of it
    under     INTEGER NOT NULL,            -- children that execute, or will, in their parent's slot
    waiting   INTEGER NOT NULL,            -- runs that can be claimed if they get a slot
    outside   INTEGER NOT NULL,            -- runs that can be claimed and need none
    served    INTEGER NOT NULL,            -- number of the transaction that gave it a turn, or in which it came
    ready     INTEGER GENERATED ALWAYS AS (paused = 0
                  AND (outside > 0 OR (waiting > 0 AND (slots IS NULL OR taken + (under > 0) < slots)))) VIRTUAL,
    PRIMARY KEY (namespace, queue, lane, serial)
) WITHOUT ROWID;

-- What claims walk. A lane that is paused, full or empty does not stand in it.
CREATE INDEX lanes_ready ON lanes (gate, served) WHERE ready = 1;
CREATE INDEX lanes_plain ON lanes (namespace, queue) WHERE lane = '';

INSERT INTO lanes (namespace, queue, lane, serial, paused, gate, slots, taken, under, waiting, outside, served)
    SELECT DISTINCT namespace, queue, '', 0, 0, '', NULL, 0, 0, 1, 0, 0 FROM runs WHERE turn IS NOT NULL;
