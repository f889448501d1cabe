-- @redact waiting waiter holder
-- @good
CREATE TABLE t (id int PRIMARY KEY, "a""b; DROP TABLE t" text);
CREATE TABLE u (id int PRIMARY KEY);
INSERT INTO t VALUES (1, 'a');

-- Locks that are held, and a wait for a row.
-- @session holder
BEGIN; SELECT count(*) FROM t; UPDATE t SET id = 1;

-- @background 1
UPDATE t SET id = 1;

-- @session other
BEGIN; LOCK TABLE u;

-- @bad warning
-- @background 1
ALTER TABLE t ADD more int;

-- @background 2
SELECT count(*) FROM t;

-- @later 10s

-- @bad critical
-- @later 70s
-- @good
-- @session holder
ROLLBACK;
