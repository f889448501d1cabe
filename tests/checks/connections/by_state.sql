-- @server own
-- @shows
CREATE TABLE t (id int);

-- @sessions 3
SELECT 1;

-- @session waiting
BEGIN;
SELECT 1;

-- @background 2
SELECT pg_sleep(120);
