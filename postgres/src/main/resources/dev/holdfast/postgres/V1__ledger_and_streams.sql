-- The ledger and the streams of many nodes.
--
-- Times are milliseconds since 1970 by the database's clock. Columns are those of the SQLite store, so that both are read
-- by the same code. No table refers to another by a foreign key: whoever writes something of a run has its row locked, or
-- is found by a look at what is there; a foreign key would lock the run's row once more for every message.
--
-- Names are compared as bytes, whatever the database's locale: that is their order everywhere.
--
-- Whatever is written for each run is vacuumed early: its tables have few live rows and many dead ones.

CREATE TABLE runs (
    id                 uuid     NOT NULL PRIMARY KEY,
    namespace          text COLLATE "C" NOT NULL,
    task               text COLLATE "C" NOT NULL,
    version            text     NOT NULL,
    key                text COLLATE "C",
    tags               text,              -- JSON array; null for none
    parent             uuid,              -- who has started it; null for nobody
    parent_attempt     integer,
    parent_key         text COLLATE "C",
    detached           smallint,          -- 1: it does not end with its parent
    rerun_of           uuid,              -- the run that it does again; null for none
    rerun_from         text,              -- the first step that it does again; null for all
    policy             text     NOT NULL,
    created            bigint   NOT NULL,
    queue              text COLLATE "C" NOT NULL,
    lane               text COLLATE "C" NOT NULL, -- its name; empty for none
    serial             smallint NOT NULL, -- 1: the lane has one slot, kept until the end
    slot_of            text,
    place              bigint   NOT NULL,
    due                bigint,
    lingers_number     bigint,            -- the node in which its code outlives the run
    lingers_incarnation bigint,
    debounce           text COLLATE "C",              -- further starts of its task with this key move it; only until its first start
    state              text     NOT NULL,
    outcome            text,
    stop_reason        text,
    stop_next          text,
    cancelled          smallint NOT NULL,
    waiting            text,              -- BLOCKED: the keys of the steps that it goes on with
    parked_version     text COLLATE "C",
    parked_key         text,
    parked_recorded    text,
    parked_called      text,
    epoch              bigint   NOT NULL,
    holder_kind        text,
    holder_number      bigint,
    holder_incarnation bigint,
    seq                bigint   NOT NULL,
    attempt            integer  NOT NULL,
    losses             integer  NOT NULL,
    losses_alone       integer  NOT NULL,
    started            bigint,
    finished           bigint,
    deadlines          text,              -- name=instant, separated by spaces; null for none
    deadline           bigint,            -- the earliest of them
    claim_at           bigint,            -- its place, if it can be claimed now; null while it cannot
    key_until          bigint,            -- until when the business key is taken; null if it is not
    under              smallint NOT NULL, -- 1: a child that executes in its parent's slot
    -- Of what can be claimed now and is tried beside others: 0 was never started, 1 comes back, 2 needs no slot of its lane.
    turn               smallint
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1,
        autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

-- Lists, newest first.
CREATE INDEX runs_of_namespace ON runs (namespace, id);
CREATE INDEX runs_of_task ON runs (namespace, task, id);
CREATE INDEX runs_blocked ON runs (namespace, id) WHERE state = 'BLOCKED';
CREATE INDEX runs_of_lane ON runs (namespace, queue, lane, id) WHERE lane <> '';
CREATE INDEX runs_of_queue ON runs (namespace, queue, id) WHERE queue <> 'default';
-- What can be claimed now, in order. Whatever is delayed or cannot be run here is never looked at.
CREATE INDEX runs_claimable ON runs (namespace, queue, lane, serial, turn, task, claim_at, id) WHERE turn IS NOT NULL;
-- Those whose holders keep dying: each of them is tried alone.
CREATE INDEX runs_suspect ON runs (task, claim_at, id)
    WHERE claim_at IS NOT NULL AND parked_version IS NULL AND losses >= 3;
CREATE INDEX runs_parked ON runs (namespace, queue, lane, serial, task, parked_version, claim_at, id)
    WHERE parked_version IS NOT NULL;
CREATE INDEX runs_delayed ON runs (due) WHERE due IS NOT NULL AND claim_at IS NULL;
CREATE INDEX runs_deadline ON runs (deadline) WHERE deadline IS NOT NULL;
-- Who takes up room in a queue; and what a node holds.
CREATE INDEX runs_held ON runs (holder_number, namespace, queue) WHERE holder_number IS NOT NULL;
CREATE INDEX runs_lingering ON runs (namespace, queue) WHERE lingers_number IS NOT NULL;
-- What a lane counts.
CREATE INDEX runs_in_lane ON runs (namespace, queue, lane, serial)
    WHERE lane <> '' AND (slot_of IS NOT NULL OR claim_at IS NOT NULL
        OR (under = 1 AND (outcome IS NULL OR lingers_number IS NOT NULL)));
CREATE UNIQUE INDEX runs_key ON runs (namespace, task, key) WHERE key_until IS NOT NULL;
CREATE INDEX runs_key_until ON runs (key_until) WHERE key_until IS NOT NULL;
CREATE UNIQUE INDEX runs_debounced ON runs (namespace, task, debounce) WHERE debounce IS NOT NULL;
-- A child is started once.
CREATE UNIQUE INDEX runs_child ON runs (parent, parent_attempt, parent_key) WHERE parent IS NOT NULL;
-- Those that end with their parent.
CREATE INDEX runs_children ON runs (parent) WHERE parent IS NOT NULL AND outcome IS NULL AND detached = 0;

CREATE TABLE run_tags (
    namespace text COLLATE "C" NOT NULL,
    tag       text COLLATE "C" NOT NULL,
    run       uuid NOT NULL,
    PRIMARY KEY (namespace, tag, run)
);

-- Ids of runs that were removed: a start that is tried again must not bring one back.
CREATE TABLE removed (
    run uuid NOT NULL PRIMARY KEY
);

CREATE TABLE run_payloads (
    run        uuid NOT NULL PRIMARY KEY,
    input      text,
    output     text,
    error      text,
    stream_end text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE snapshots (
    run     uuid    NOT NULL,
    seq     bigint  NOT NULL,
    state   text    NOT NULL,
    outcome text,
    epoch   bigint  NOT NULL,
    attempt integer NOT NULL,
    at      bigint  NOT NULL,
    cause   text    NOT NULL,
    change  uuid    NOT NULL,
    PRIMARY KEY (run, seq)
);

CREATE TABLE steps (
    run    uuid    NOT NULL,
    key    text COLLATE "C" NOT NULL,
    name   text COLLATE "C" NOT NULL,
    status text    NOT NULL,
    epoch  bigint  NOT NULL,
    tries  integer NOT NULL,
    next   bigint,
    error  text,
    result text,
    wait   text,                          -- what it waits for, or has waited for
    PRIMARY KEY (run, key)
);
CREATE INDEX steps_pending ON steps (run) WHERE status = 'PENDING';

CREATE TABLE step_history (
    run     uuid    NOT NULL,
    attempt integer NOT NULL,
    key     text COLLATE "C" NOT NULL,
    name    text COLLATE "C" NOT NULL,
    status  text    NOT NULL,
    epoch   bigint  NOT NULL,
    tries   integer NOT NULL,
    next    bigint,
    error   text,
    result  text,
    wait    text,
    PRIMARY KEY (run, attempt, key)
);

CREATE TABLE requests (
    namespace   text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    fingerprint text   NOT NULL,
    answer      text   NOT NULL,
    at          bigint NOT NULL,
    PRIMARY KEY (namespace, id)
);
CREATE INDEX requests_at ON requests (at);

-- Numbers are those of the insertion, not of the commit: an inbox is read by its run, never from a number on.
CREATE TABLE inbox (
    run    uuid   NOT NULL,
    number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    id     uuid   NOT NULL,
    kind   text   NOT NULL,
    name   text COLLATE "C",
    body   text,
    PRIMARY KEY (run, number)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE UNIQUE INDEX inbox_once ON inbox (run, id);

-- Signals that nobody waited for when they came, in the order in which they are taken.
CREATE TABLE signals (
    run    uuid   NOT NULL,
    name   text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    body   text   NOT NULL,
    PRIMARY KEY (run, name, number)
);

-- Who is told when a run ends.
CREATE TABLE waits (
    target uuid NOT NULL,
    waiter uuid NOT NULL,
    PRIMARY KEY (target, waiter)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE tokens (
    id        text COLLATE "C" NOT NULL PRIMARY KEY,
    run       uuid     NOT NULL,
    key       text COLLATE "C" NOT NULL,          -- of the step that has opened it
    until     bigint   NOT NULL,
    completed smallint NOT NULL
);
CREATE INDEX tokens_of_run ON tokens (run, key);

-- A queue that was paused or has a limit.
CREATE TABLE queues (
    namespace        text COLLATE "C" NOT NULL,
    name             text COLLATE "C" NOT NULL,
    paused           smallint NOT NULL,
    concurrency      integer,              -- null for no limit
    lane_concurrency integer,              -- of each of its concurrent lanes; null for no limit
    rate_count       integer,              -- claims in rate_per milliseconds; null for no limit
    rate_per         bigint,
    PRIMARY KEY (namespace, name)
);

CREATE TABLE paused_lanes (
    namespace text COLLATE "C" NOT NULL,
    queue     text COLLATE "C" NOT NULL,
    lane      text COLLATE "C" NOT NULL,
    PRIMARY KEY (namespace, queue, lane)
);

-- The newest claims of the queues that have a rate, as many as the rate says, numbered without a gap.
CREATE TABLE queue_claims (
    namespace text COLLATE "C" NOT NULL,
    queue     text COLLATE "C" NOT NULL,
    number    bigint NOT NULL,
    at        bigint NOT NULL,
    PRIMARY KEY (namespace, queue, number)
);

-- In the order of its numbers lanes take turns.
CREATE SEQUENCE turns;

-- A lane with something to do: a row comes with the first run that can be claimed, and goes when nothing of it is left.
-- The counts are those of the rows of `runs`, changed in the same transaction under this row's lock. The runs of a queue that
-- are in no lane are the one with the empty name: nothing of it is counted, its row only says that it takes part.
CREATE TABLE lanes (
    namespace text COLLATE "C" NOT NULL,
    queue     text COLLATE "C" NOT NULL,
    lane      text COLLATE "C" NOT NULL,
    serial    smallint NOT NULL,
    paused    smallint NOT NULL,           -- the lane or its queue
    gate      text COLLATE "C" NOT NULL,           -- empty; names its queue if that has a limit over all its lanes
    slots     integer,                     -- null for no limit
    taken     bigint   NOT NULL,           -- runs that hold a slot of it
    under     bigint   NOT NULL,           -- children that execute, or will, in their parent's slot
    waiting   bigint   NOT NULL,           -- runs that can be claimed if they get a slot
    outside   bigint   NOT NULL,           -- runs that can be claimed and need none
    served    bigint   NOT NULL,           -- when it had its turn last, or came
    ready     smallint GENERATED ALWAYS AS (CASE WHEN paused = 0 AND (outside > 0 OR (waiting > 0
                  AND (slots IS NULL OR taken + CASE WHEN under > 0 THEN 1 ELSE 0 END < slots))) THEN 1 ELSE 0 END) STORED,
    PRIMARY KEY (namespace, queue, lane, serial)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
        autovacuum_vacuum_cost_delay = 0);
-- What claims walk. A lane that is paused, full or empty does not stand in it.
CREATE INDEX lanes_ready ON lanes (gate, served) WHERE ready = 1;

-- What starts runs by the clock.
CREATE TABLE schedules (
    namespace text COLLATE "C" NOT NULL,
    name      text COLLATE "C" NOT NULL,
    cron      text   NOT NULL,
    zone      text   NOT NULL,
    missed    text   NOT NULL,
    task      text COLLATE "C" NOT NULL,
    input     text   NOT NULL,
    lane      text COLLATE "C",
    ttl       bigint,                      -- milliseconds
    revision  uuid   NOT NULL,             -- of what stands above
    next      bigint,                      -- the planned time of the firing to come; null while it is paused
    last_at   bigint,
    last_run  uuid,
    PRIMARY KEY (namespace, name)
);
CREATE INDEX schedules_next ON schedules (next, namespace, name, task) WHERE next IS NOT NULL;

CREATE TABLE stream_heads (
    run  uuid   NOT NULL PRIMARY KEY,
    head bigint NOT NULL
) WITH (fillfactor = 50);

-- kind: 0 chunk, 1 rewind, 2 gap. source: of a chunk. data: JSON of a chunk, array of sources of a rewind, number of a gap.
CREATE TABLE chunks (
    run    uuid     NOT NULL,
    number bigint   NOT NULL,
    epoch  bigint   NOT NULL,
    kind   smallint NOT NULL,
    source text,
    data   text     NOT NULL,
    PRIMARY KEY (run, number)
);
CREATE INDEX chunks_rewinds ON chunks (run, number) WHERE kind = 1;
