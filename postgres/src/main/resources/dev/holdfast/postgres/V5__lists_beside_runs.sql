-- A run's row changes with each of its transitions, and each time all that its indexes say of it is written again. Its payloads'
-- row changes once, and finds room for that in its page: so what lists walk stands there, written once for each run.
ALTER TABLE run_payloads
    ADD COLUMN namespace text COLLATE "C",
    ADD COLUMN task      text COLLATE "C";
UPDATE run_payloads p SET namespace = r.namespace, task = r.task FROM runs r WHERE r.id = p.run;
DELETE FROM run_payloads WHERE namespace IS NULL;
ALTER TABLE run_payloads
    ALTER COLUMN namespace SET NOT NULL,
    ALTER COLUMN task SET NOT NULL;
CREATE INDEX run_payloads_of_namespace ON run_payloads (namespace, run);
CREATE INDEX run_payloads_of_task ON run_payloads (namespace, task, run);
DROP INDEX runs_of_namespace;
DROP INDEX runs_of_task;
-- A page is left with room for what each of its runs will end with: only then no index is written at the end (HOT).
ALTER TABLE run_payloads SET (fillfactor = 40);

-- Suspects that other code has parked: looked for at every look, and few among many that are parked.
CREATE INDEX runs_parked_suspect ON runs (task, claim_at, id)
    WHERE parked_version IS NOT NULL AND claim_at IS NOT NULL AND losses >= 3;
