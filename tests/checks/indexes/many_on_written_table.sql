-- @fact counters.database = 30 days
-- @redact scans writes writes_to_scans
-- @good
-- Eight and written, nine and read.
CREATE TABLE eight (id int PRIMARY KEY, a int, b int, c int, d int, e int, f int, g int, h int);
CREATE INDEX ON eight (a); CREATE INDEX ON eight (b); CREATE INDEX ON eight (c); CREATE INDEX ON eight (d);
CREATE INDEX ON eight (e); CREATE INDEX ON eight (f); CREATE INDEX ON eight (g);
CREATE TABLE quiet (LIKE eight INCLUDING ALL);
CREATE INDEX ON quiet (h);
INSERT INTO eight SELECT i, i, i, i, i, i, i, i, i FROM generate_series(1, 110000) i;
INSERT INTO quiet SELECT i, i, i, i, i, i, i, i, i FROM generate_series(1, 1000) i;

-- @bad info
CREATE TABLE "a""b; DROP TABLE eight" (LIKE eight INCLUDING ALL);
CREATE INDEX ON "a""b; DROP TABLE eight" (h);
INSERT INTO "a""b; DROP TABLE eight" SELECT i, i, i, i, i, i, i, i, i FROM generate_series(1, 110000) i;
