-- @redact size expected reclaimable ratio cataloged fill
-- @good
CREATE TABLE t (id bigint, kind int, note text, sparse text) WITH (autovacuum_enabled = off);

-- Filled in random order: it rests above its rebuilt size.
CREATE INDEX t_random ON t (md5(id::text));

INSERT INTO t SELECT g, g % 50, repeat(md5(g::text), 3), CASE WHEN g % 2 = 0 THEN md5(g::text) END FROM generate_series(1, 250000) g;

-- A value for thousands of rows each, stored once for many of them.
CREATE INDEX t_kind ON t (kind);
CREATE INDEX t_plain ON t (note);
CREATE INDEX t_sparse ON t (sparse);
CREATE INDEX t_partial ON t (sparse) WHERE sparse IS NOT NULL;
CREATE INDEX t_half ON t (note) WHERE id % 2 = 0;
CREATE INDEX t_include ON t (id) INCLUDE (note);
CREATE INDEX t_several ON t (kind, id);
CREATE UNIQUE INDEX t_id ON t (id);

-- Half of each page is left free on purpose.
CREATE INDEX t_loose ON t (note) WITH (fillfactor = 50);

-- Empty, but too small to be worth a rebuild.
CREATE TABLE small (id int) WITH (autovacuum_enabled = off);
CREATE INDEX small_id ON small (id);
INSERT INTO small SELECT g FROM generate_series(1, 100000) g;
DELETE FROM small WHERE id < 99999;

-- @then
VACUUM ANALYZE;

-- @bad warning
CREATE TABLE queue (id bigint, note text) WITH (autovacuum_enabled = off);
CREATE INDEX queue_note ON queue (note);
CREATE INDEX "queue ""note""; DROP TABLE t" ON queue (upper(note), id);
INSERT INTO queue SELECT g, repeat(md5(g::text), 8) FROM generate_series(1, 120000) g;
DELETE FROM queue WHERE id % 10 <> 0;

-- @then
VACUUM ANALYZE;

-- @fixed

-- Measured where that is possible.
-- @bad warning
CREATE EXTENSION pgstattuple;
INSERT INTO queue SELECT g, repeat(md5(g::text), 8) FROM generate_series(120001, 240000) g;
DELETE FROM queue WHERE id % 10 <> 0;

-- @then
VACUUM ANALYZE;

-- @fixed

-- @unknown
-- No catalog tells how large these should be.
CREATE INDEX t_hash ON t USING hash (id);
CREATE INDEX t_brin ON t USING brin (id);
ANALYZE t;

-- @unknown
-- Filled since it was analyzed.
DROP INDEX t_hash;
INSERT INTO t SELECT g, g % 50, repeat(md5(g::text), 3) FROM generate_series(300001, 400000) g;
