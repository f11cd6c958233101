-- One file holds the ledger and the streams. The only writer is the process that holds the lock on the folder.
--
-- Tables that grow with every run are keyed by the run's id, which grows with time, and have no rowid: what is written
-- together lies together, at the end of the table. Secondary indexes on the path of an ordinary run either grow at their
-- end too, or are partial and small.
--
-- Times are milliseconds since 1970; ids are 16 bytes, in the order of their text.

-- One row. `batch` is the number of the newest transaction: it answers whether a commit whose answer was lost happened.
-- `at` is the newest instant that may be stored anywhere: time never goes back behind it. `message` is the number of the
-- newest message of any inbox.
CREATE TABLE ledger (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    batch   INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    message INTEGER NOT NULL
);
INSERT INTO ledger (one, batch, at, message) VALUES (1, 0, 0, 0);

-- One row per boot of this process.
CREATE TABLE nodes (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    incarnation INTEGER NOT NULL,
    pid         INTEGER NOT NULL,
    booted      INTEGER NOT NULL
);

CREATE TABLE runs (
    id                 BLOB    NOT NULL,
    namespace          TEXT    NOT NULL,
    task               TEXT    NOT NULL,
    version            TEXT    NOT NULL,
    key                TEXT,
    tags               TEXT,              -- JSON array; null for none
    policy             TEXT    NOT NULL,
    queue              TEXT    NOT NULL,
    lane               TEXT,
    slot_of            TEXT,
    place              INTEGER NOT NULL,
    due                INTEGER,
    state              TEXT    NOT NULL,
    outcome            TEXT,
    stop_reason        TEXT,
    stop_next          TEXT,
    cancelled          INTEGER NOT NULL,
    parked_version     TEXT,
    parked_key         TEXT,
    parked_recorded    TEXT,
    parked_called      TEXT,
    epoch              INTEGER NOT NULL,
    holder_kind        TEXT,
    holder_number      INTEGER,
    holder_incarnation INTEGER,
    seq                INTEGER NOT NULL,
    attempt            INTEGER NOT NULL,
    losses             INTEGER NOT NULL,
    losses_alone       INTEGER NOT NULL,
    created            INTEGER NOT NULL,
    started            INTEGER,
    finished           INTEGER,
    deadlines          TEXT,              -- name=instant, separated by spaces; null for none
    deadline           INTEGER,           -- the earliest of them
    claim_at           INTEGER,           -- its place, if it can be claimed now; null while it cannot
    key_until          INTEGER,           -- until when the business key is taken; null if it is not
    PRIMARY KEY (id)
) WITHOUT ROWID;

-- Lists, newest first.
CREATE INDEX runs_of_namespace ON runs (namespace, id);
CREATE INDEX runs_live ON runs (namespace, id) WHERE outcome IS NULL;
CREATE INDEX runs_of_task ON runs (namespace, task, id);
-- What can be claimed now, in order. Whatever is delayed or cannot be run here is never looked at.
CREATE INDEX runs_claimable ON runs (task, claim_at, id, deadline)
    WHERE claim_at IS NOT NULL AND parked_version IS NULL AND losses < 3;
-- Those whose holders keep dying: each of them is tried alone.
CREATE INDEX runs_suspect ON runs (task, claim_at, id, deadline, due, place)
    WHERE claim_at IS NOT NULL AND parked_version IS NULL AND losses >= 3;
CREATE INDEX runs_parked ON runs (task, parked_version, claim_at, id, deadline) WHERE parked_version IS NOT NULL;
CREATE INDEX runs_delayed ON runs (due) WHERE due IS NOT NULL AND claim_at IS NULL;
CREATE INDEX runs_deadline ON runs (deadline) WHERE deadline IS NOT NULL;
CREATE INDEX runs_held ON runs (holder_number) WHERE holder_number IS NOT NULL;
CREATE UNIQUE INDEX runs_key ON runs (namespace, task, key) WHERE key_until IS NOT NULL;
CREATE INDEX runs_key_until ON runs (key_until) WHERE key_until IS NOT NULL;

CREATE TABLE run_tags (
    namespace TEXT NOT NULL,
    tag       TEXT NOT NULL,
    run       BLOB NOT NULL,
    PRIMARY KEY (namespace, tag, run)
) WITHOUT ROWID;

-- Ids of runs that were removed: a start that is tried again must not bring one back.
CREATE TABLE removed (
    run BLOB NOT NULL PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE run_payloads (
    run        BLOB NOT NULL PRIMARY KEY,
    input      TEXT,
    output     TEXT,
    error      TEXT,
    stream_end TEXT
) WITHOUT ROWID;

CREATE TABLE snapshots (
    run     BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    state   TEXT    NOT NULL,
    outcome TEXT,
    epoch   INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    cause   TEXT    NOT NULL,
    change  BLOB    NOT NULL,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;

CREATE TABLE steps (
    run    BLOB    NOT NULL,
    key    TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    status TEXT    NOT NULL,
    epoch  INTEGER NOT NULL,
    tries  INTEGER NOT NULL,
    next   INTEGER,
    error  TEXT,
    result TEXT,
    PRIMARY KEY (run, key)
) WITHOUT ROWID;

CREATE TABLE step_history (
    run     BLOB    NOT NULL,
    attempt INTEGER NOT NULL,
    key     TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    status  TEXT    NOT NULL,
    epoch   INTEGER NOT NULL,
    tries   INTEGER NOT NULL,
    next    INTEGER,
    error   TEXT,
    result  TEXT,
    PRIMARY KEY (run, attempt, key)
) WITHOUT ROWID;

CREATE TABLE requests (
    namespace   TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    answer      TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (namespace, id)
) WITHOUT ROWID;
CREATE INDEX requests_at ON requests (at);

CREATE TABLE inbox (
    run    BLOB    NOT NULL,
    number INTEGER NOT NULL,
    id     BLOB    NOT NULL,
    kind   TEXT    NOT NULL,
    name   TEXT,
    body   TEXT,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE TABLE stream_heads (
    run  BLOB    NOT NULL PRIMARY KEY,
    head INTEGER NOT NULL
) WITHOUT ROWID;

-- kind: 0 chunk, 1 rewind, 2 gap. source: of a chunk. data: JSON of a chunk, array of sources of a rewind, number of a gap.
CREATE TABLE chunks (
    run    BLOB    NOT NULL,
    number INTEGER NOT NULL,
    epoch  INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    source TEXT,
    data   TEXT    NOT NULL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE INDEX chunks_rewinds ON chunks (run, number) WHERE kind = 1;
