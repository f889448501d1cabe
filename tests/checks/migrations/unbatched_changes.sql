-- @server own autovacuum=off
-- @fact statements.age = 30 days
-- @redact longest
-- @good
CREATE TABLE t (id int PRIMARY KEY, n int);
INSERT INTO t SELECT g, 0 FROM generate_series(1, 120000) g;
CREATE TABLE slow (id int PRIMARY KEY, n int);

-- A batch, a read of all, and an INSERT of many.
UPDATE t SET n = 1 WHERE id <= 20000 AND (id <> 1 OR length(pg_sleep(1.1)::text) >= 0);

SELECT count(*), pg_sleep(1.1) FROM (SELECT * FROM t LIMIT 110000 FOR UPDATE) locked;

INSERT INTO slow SELECT g, length(CASE WHEN g = 1 THEN pg_sleep(1.1) END::text) FROM generate_series(1, 110000) g;

-- @bad warning
UPDATE t SET n = 2 WHERE id <> 1 OR length(pg_sleep(1.1)::text) >= 0;

WITH gone AS (SELECT id FROM slow) DELETE FROM slow USING gone WHERE slow.id = gone.id AND (slow.id <> 1 OR length(pg_sleep(1.1)::text) >= 0);
