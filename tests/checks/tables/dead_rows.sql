-- @redact advice
-- @good
-- A tenth of a large table: below its own threshold.
CREATE TABLE tenth (id int PRIMARY KEY, n int) WITH (fillfactor = 100);
INSERT INTO tenth SELECT g, 0 FROM generate_series(1, 150000) g;

-- All rows of a small one.
CREATE TABLE small (id int PRIMARY KEY, n int);
INSERT INTO small SELECT g, 0 FROM generate_series(1, 5000) g;

-- A table that its owner wants to be vacuumed late.
CREATE TABLE patient (id int PRIMARY KEY, n int) WITH (autovacuum_vacuum_scale_factor = 5);
INSERT INTO patient SELECT g, 0 FROM generate_series(1, 12000) g;

-- Past the threshold and 30 % of the live rows, but not yet by the margin that autovacuum may need.
CREATE TABLE margin (id int PRIMARY KEY, n int);
INSERT INTO margin SELECT g, 0 FROM generate_series(1, 40000) g;

CREATE TEMPORARY TABLE scratch AS SELECT g AS id, 0 AS n FROM generate_series(1, 20000) g;
UPDATE scratch SET n = 1;

-- @then
VACUUM ANALYZE;

-- @then
UPDATE tenth SET n = 1 WHERE id % 10 = 0;
UPDATE small SET n = 1;
UPDATE patient SET n = 1;
UPDATE margin SET n = 1 WHERE id <= 12000;

-- @bad warning
CREATE TABLE busy (id int PRIMARY KEY, n int);
INSERT INTO busy SELECT g, 0 FROM generate_series(1, 40000) g;

-- @then
VACUUM ANALYZE busy;

-- @then
UPDATE busy SET n = 1 WHERE id % 2 = 0;

-- @fixed

-- The same, and worse, in a table whose name has to be quoted.
-- @bad critical
CREATE TABLE "a
; DROP TABLE busy; --""" (id int PRIMARY KEY, n int);
INSERT INTO "a
; DROP TABLE busy; --""" SELECT g, 0 FROM generate_series(1, 60000) g;

-- @then
VACUUM ANALYZE "a
; DROP TABLE busy; --""";

-- @then
UPDATE "a
; DROP TABLE busy; --""" SET n = 1;

-- @then
UPDATE "a
; DROP TABLE busy; --""" SET n = 2;

-- @fixed

-- Vacuum has run since, and a transaction kept it from removing anything: then the advice is to end that.
-- @bad warning
SELECT 1;

-- @session reader
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM busy;

-- @then
UPDATE busy SET n = 2 WHERE id % 2 = 1;

-- @then
VACUUM busy;

-- The same with a transaction that has written and sits idle without a snapshot.
-- @bad warning
CREATE TABLE notes (id int);

-- @session reader
COMMIT;

-- @session writer
BEGIN;
INSERT INTO notes VALUES (1);

-- @then
UPDATE busy SET n = 3 WHERE id % 2 = 1;

-- @then
VACUUM busy;

-- @unknown
-- @session writer
COMMIT;

-- @then
-- The counters forget what the catalog still knows.
SELECT pg_stat_reset();
