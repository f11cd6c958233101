-- Suspects that other code has parked: looked for at every look, and few among many that are parked.
CREATE INDEX runs_parked_suspect ON runs (task, claim_at, id, deadline)
    WHERE parked_version IS NOT NULL AND claim_at IS NOT NULL AND losses >= 3;
