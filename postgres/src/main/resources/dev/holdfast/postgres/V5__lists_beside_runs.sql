-- A run's row changes with each of its transitions, and each time all that its indexes say of it is written again. Its payloads'
-- row changes once, and finds room for that in its page: so what lists walk stands there, written once for each run.
--
-- A program of before writes no namespace and task: it may not join from now on, and whoever has joined since it was looked for
-- is in the way.
LOCK TABLE nodes IN SHARE ROW EXCLUSIVE MODE;
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM nodes n, cluster c WHERE n.schema_to < 5 AND EXISTS (SELECT 1 FROM pg_locks l
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid::bigint = c.lock_class
            AND l.objid::bigint = n.number
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))) THEN
        RAISE EXCEPTION 'a node of an older program is alive: stop it first';
    END IF;
END $$;
-- Not a constraint, for which nobody could read who is there until all of this is committed; whoever boots meanwhile does.
CREATE FUNCTION nodes_write_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'nodes_write_lists: a program of before cannot work on these tables: use a newer one';
END $$;
CREATE TRIGGER nodes_write_lists BEFORE INSERT ON nodes FOR EACH ROW WHEN (NEW.schema_to < 5)
    EXECUTE FUNCTION nodes_write_lists();

DELETE FROM run_payloads p WHERE NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = p.run);
ALTER TABLE run_payloads
    ADD COLUMN namespace text COLLATE "C",
    ADD COLUMN task      text COLLATE "C";
UPDATE run_payloads p SET namespace = r.namespace, task = r.task FROM runs r WHERE r.id = p.run;
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
