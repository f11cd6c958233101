-- Who is alive. A node is alive as long as its session holds the advisory lock (lock_class, number): the lock first, the row
-- second. A row whose lock is free, and was taken in this life of the server, is a dead node's.

-- One row. The class is random, so that nobody else's advisory locks in this database mean anything here.
CREATE TABLE cluster (
    only_row   int PRIMARY KEY DEFAULT 1 CHECK (only_row = 1),
    lock_class int NOT NULL
);
INSERT INTO cluster (lock_class) VALUES (1 + floor(random() * 2147483646)::int);

-- A number is never given twice; what is missing in between means nothing.
CREATE SEQUENCE node_numbers AS int;

-- Whoever makes a node the holder of something locks its row FOR KEY SHARE: the death of the node, which deletes the row,
-- waits for that, and whoever comes later finds no row.
CREATE TABLE nodes (
    number          int PRIMARY KEY,
    incarnation     bigint NOT NULL,
    label           text NOT NULL,  -- for people; not unique
    address         text NOT NULL,
    -- In which life of the server its lock was taken.
    server_system   bigint NOT NULL,
    server_timeline int NOT NULL,
    server_started  bigint NOT NULL,
    server_counted  bigint NOT NULL,
    -- Which versions of the schema its program works with.
    schema_from     int NOT NULL,
    schema_to       int NOT NULL,
    joined          bigint NOT NULL
);

-- Who died, who saw it, and how long it took. For people: nothing depends on it.
CREATE TABLE takeovers (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number      int NOT NULL,
    incarnation bigint NOT NULL,
    label       text NOT NULL,
    by_number   int NOT NULL,
    at          bigint NOT NULL,
    how         text NOT NULL,
    heard       bigint,          -- its last sign of life that was seen
    took        int NOT NULL     -- microseconds from the lock to the end of the transaction's work
);

-- Waits for the death of a node: true when its lock was granted (to this transaction), false when the time was over or somebody
-- cancelled the wait. Caught here, so that the transaction is not aborted and the server's log stays silent.
CREATE FUNCTION await_death(class int, number int, wait_ms int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('lock_timeout', wait_ms::text, true);
    PERFORM pg_advisory_xact_lock(class, number);
    RETURN true;
EXCEPTION WHEN lock_not_available OR query_canceled THEN
    RETURN false;
END $$;

-- Ends all sessions that bear this name: one that is stopped between two statements keeps the locks of its rows. Answers how
-- many there were.
CREATE FUNCTION end_sessions(session text) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = session AND usename = current_user AND datname = current_database()
    AND pid <> pg_backend_pid()
$$;

-- The death of a node, by whoever has been granted its lock in this transaction: in one round trip, because somebody waits for
-- what it held. No row if somebody else has done all of this.
CREATE FUNCTION bury(dead int, session text, finder int, way text, last_heard bigint)
    RETURNS TABLE (buried text, ended bigint) LANGUAGE plpgsql AS $$
DECLARE
    begun    timestamptz := clock_timestamp();
    dead_row nodes%ROWTYPE;
BEGIN
    PERFORM set_config('lock_timeout', '3s', true);
    -- Before it is committed the server is asked for entry, which may take as long as several of its hosts are tried.
    PERFORM set_config('idle_in_transaction_session_timeout', '12s', true);
    -- Whatever is committed because of it is later in the log, and so not durable before it: nobody has to wait for the disk.
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT * INTO dead_row FROM nodes WHERE number = dead;
    IF NOT FOUND THEN RETURN; END IF;
    ended := end_sessions(session);
    -- Waits for claims in flight, which have locked the row FOR KEY SHARE.
    DELETE FROM nodes WHERE number = dead AND incarnation = dead_row.incarnation;
    IF NOT FOUND THEN RETURN; END IF;
    INSERT INTO takeovers (number, incarnation, label, by_number, at, how, heard, took)
        VALUES (dead, dead_row.incarnation, dead_row.label, finder,
            (extract(epoch FROM clock_timestamp()) * 1000)::bigint, way, last_heard,
            (extract(epoch FROM clock_timestamp() - begun) * 1000000)::int);
    DELETE FROM takeovers WHERE id <= (SELECT max(id) - 1000 FROM takeovers);
    buried := dead_row.label;
    RETURN NEXT;
END $$;
