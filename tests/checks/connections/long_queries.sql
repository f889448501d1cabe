-- @server own
-- @redact pid
-- @good
CREATE TABLE t (id int);

-- It has just begun.
-- @background 1
SELECT pg_sleep(120);

-- A dump takes as long as it takes.
-- @good
-- @later 1 min
-- @background 1
SET application_name = 'pg_dump';

SELECT pg_sleep(120);

-- Idle for long is no long query.
-- @good
-- @session quiet
SELECT 1;

-- @bad warning
-- @later 10 min

-- @bad critical
-- @later 2 h
