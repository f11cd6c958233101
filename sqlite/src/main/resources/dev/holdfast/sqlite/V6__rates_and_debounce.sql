-- How often runs of a queue are claimed: so many in so many milliseconds; null for no limit.
ALTER TABLE queues ADD COLUMN rate_count INTEGER;
ALTER TABLE queues ADD COLUMN rate_per INTEGER;

-- The newest claims of the queues that have a rate, as many as the rate says, numbered without a gap.
CREATE TABLE queue_claims (
    namespace TEXT    NOT NULL,
    queue     TEXT    NOT NULL,
    number    INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (namespace, queue, number)
) WITHOUT ROWID;

-- Further starts of its task with this key move it and replace its input. Only until its first start: a claim clears it.
ALTER TABLE runs ADD COLUMN debounce TEXT;
CREATE UNIQUE INDEX runs_debounced ON runs (namespace, task, debounce) WHERE debounce IS NOT NULL;
