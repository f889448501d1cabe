-- @good
CREATE TABLE t (id int PRIMARY KEY, code int, note text);
CREATE INDEX t_note ON t (note);
INSERT INTO t SELECT g, g / 2, 'n' FROM generate_series(1, 100) g;

-- An index of partitions that lacks one is invalid by design.
CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX events_at ON ONLY events (at);

-- @bad warning
-- @fails
CREATE UNIQUE INDEX CONCURRENTLY t_unique ON t (code);

-- @session holder
BEGIN; UPDATE t SET note = 'held' WHERE id = 1;

-- @fails
SET lock_timeout = '100ms';

CREATE INDEX CONCURRENTLY "t ""code""; DROP TABLE t" ON t (code);

-- @fails
SET lock_timeout = '100ms';

REINDEX INDEX CONCURRENTLY t_note;

-- @session holder
COMMIT;

-- @fixed
-- As its advice says.
DELETE FROM t WHERE id % 2 = 0;

REINDEX INDEX CONCURRENTLY t_unique;

-- @unknown
-- @session holder
BEGIN; UPDATE t SET note = 'held' WHERE id = 1;

-- @background 1
CREATE INDEX CONCURRENTLY t_code ON t (code);
