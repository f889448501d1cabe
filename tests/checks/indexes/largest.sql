-- @redact size
-- @shows
CREATE TABLE t (id int PRIMARY KEY, note text);
INSERT INTO t SELECT g, repeat('x', 100) || g FROM generate_series(1, 5000) g;
CREATE INDEX t_note ON t (note);
CREATE INDEX t_id ON t (id) WHERE id < 10;

-- Filled after it was built: its size in the catalog is that of an empty index.
CREATE TABLE filled (id int PRIMARY KEY) WITH (autovacuum_enabled = off);
INSERT INTO filled SELECT g FROM generate_series(1, 100000) g;

-- @then
VACUUM ANALYZE t;

-- @then
SET enable_seqscan = off;
SELECT count(*) FROM t WHERE note = 'x';
