-- @redact size expected reclaimable ratio cataloged fill dead
-- @good
-- Fresh, and by the common estimates bloated: seven columns with padding between them.
CREATE TABLE aligned (a boolean, b bigint, c boolean, d bigint, e smallint, f timestamptz, g boolean) WITH (autovacuum_enabled = off);
INSERT INTO aligned SELECT true, g, false, g, 1, now(), true FROM generate_series(1, 500000) g;

-- Room that its owner wants to be left.
CREATE TABLE loose (id int, note text) WITH (fillfactor = 40, autovacuum_enabled = off);
INSERT INTO loose SELECT g, repeat('n', 200) FROM generate_series(1, 90000) g;

-- Rows of which four fit into a page, and a fifth not quite.
CREATE TABLE wide (id int, note text) WITH (autovacuum_enabled = off);
ALTER TABLE wide ALTER note SET STORAGE PLAIN;
INSERT INTO wide SELECT g, repeat('w', 1600) FROM generate_series(1, 25000) g;

-- Dropped before the rows were written: they only cost the null bitmap.
CREATE TABLE dropped (a int, b int, c int, d int, e int, f int, g int, h int, i int) WITH (autovacuum_enabled = off);
ALTER TABLE dropped DROP COLUMN i;
INSERT INTO dropped SELECT g, g, g, g, g, g, g, g FROM generate_series(1, 500000) g;

-- Added without a rewrite: that would even make it grow.
CREATE TABLE later (id int) WITH (autovacuum_enabled = off);
INSERT INTO later SELECT g FROM generate_series(1, 900000) g;
ALTER TABLE later ADD COLUMN a bigint DEFAULT 1;

-- Nearly empty, and too small to be worth anything.
CREATE TABLE small (id int, note text) WITH (autovacuum_enabled = off);
INSERT INTO small SELECT g, repeat('s', 500) FROM generate_series(1, 20000) g;
DELETE FROM small WHERE id > 100 AND id < 20000;

-- A third of it is free, which later rows will fill.
CREATE TABLE third (id int, note text) WITH (autovacuum_enabled = off);
INSERT INTO third SELECT g, repeat('t', 500) FROM generate_series(1, 140000) g;
DELETE FROM third WHERE id % 3 = 0;

-- @then
VACUUM ANALYZE;

-- @bad warning
CREATE TABLE "a
; DROP TABLE small; --""" (id int, note text) WITH (autovacuum_enabled = off);
INSERT INTO "a
; DROP TABLE small; --""" SELECT g, repeat('t', 500) FROM generate_series(1, 100000) g;
DELETE FROM "a
; DROP TABLE small; --""" WHERE id % 5 <> 0;

-- Space in dropped columns is inside of the rows.
CREATE TABLE inside (id int, note text, gone text) WITH (autovacuum_enabled = off);
INSERT INTO inside SELECT g, 'n', repeat('g', 500) FROM generate_series(1, 60000) g;
ALTER TABLE inside DROP COLUMN gone;

-- @then
VACUUM ANALYZE;

-- Measured where that is possible: the figures of all but the table with dropped columns.
-- @bad warning
CREATE EXTENSION pgstattuple;

-- @good
-- What is advised, and the report is silent.
VACUUM (FULL, ANALYZE) "a
; DROP TABLE small; --""";

-- @then
VACUUM (FULL, ANALYZE) inside;

-- @unknown
-- Its rows changed since they were counted.
DELETE FROM third WHERE id % 2 = 0;

-- @unknown
-- Nobody has ever looked at it, and its size is not known either.
CREATE TABLE loaded (id int, note text) WITH (autovacuum_enabled = off);
INSERT INTO loaded SELECT g, repeat('l', 100) FROM generate_series(1, 120000) g;

-- @then
VACUUM ANALYZE third;

-- @unknown
-- A column without statistics.
VACUUM ANALYZE loaded;

-- @then
ALTER TABLE third ALTER note SET STATISTICS 0;
DELETE FROM pg_statistic WHERE starelid = 'third'::regclass AND staattnum = 2;
