-- @server own max_connections=30
-- @good
CREATE TABLE t (id int);

-- @sessions 16
SELECT 1;

-- Nearly all places are taken, by sessions that do nothing.
-- @bad warning
-- @sessions 8
SELECT 1;

-- @bad critical
-- @then
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle' AND backend_type = 'client backend' AND pid <> pg_backend_pid();

-- @background 23
SELECT pg_sleep(120);
