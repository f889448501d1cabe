-- @server own max_connections=60
-- @good
CREATE TABLE t (id int);

-- Few sessions, all of them idle.
-- @sessions 15
SELECT 1;

-- Many sessions, most of them at work.
-- @good
-- @background 20
SELECT pg_sleep(120);

-- @bad info
-- @sessions 12
SELECT 1;
