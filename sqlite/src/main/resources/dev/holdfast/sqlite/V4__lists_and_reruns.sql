-- Lists of what is queued read the indexes that claims read; those of what waits have one of their own. An index of all
-- that has not ended was written twice by every run.
DROP INDEX runs_live;
CREATE INDEX runs_blocked ON runs (namespace, id) WHERE state = 'BLOCKED';
-- Counting the runs that are delayed reads the index only.
DROP INDEX runs_delayed;
CREATE INDEX runs_delayed ON runs (due, namespace, queue) WHERE due IS NOT NULL AND claim_at IS NULL;

ALTER TABLE runs ADD COLUMN rerun_of BLOB;       -- the run that it does again; null for none
ALTER TABLE runs ADD COLUMN rerun_from TEXT;     -- the first step that it does again; null for all
