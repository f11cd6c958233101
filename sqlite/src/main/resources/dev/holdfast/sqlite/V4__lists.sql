-- Counting the runs that are delayed reads the index only.
DROP INDEX runs_delayed;
CREATE INDEX runs_delayed ON runs (due, namespace, queue) WHERE due IS NOT NULL AND claim_at IS NULL;
