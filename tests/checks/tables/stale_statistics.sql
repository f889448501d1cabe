-- @good
-- Less than its threshold since the last analyze.
CREATE TABLE settled (id int PRIMARY KEY, n int);
INSERT INTO settled SELECT g, 0 FROM generate_series(1, 100000) g;

-- Several times its threshold, but few rows.
CREATE TABLE small (id int PRIMARY KEY, n int);
INSERT INTO small SELECT g, 0 FROM generate_series(1, 1000) g;

-- Past its threshold, by less than autovacuum may be late.
CREATE TABLE growing (id int PRIMARY KEY, n int);
INSERT INTO growing SELECT g, 0 FROM generate_series(1, 40000) g;

-- @then
ANALYZE;

-- @then
UPDATE settled SET n = 1 WHERE id <= 5000;
INSERT INTO small SELECT g, 0 FROM generate_series(1001, 9000) g;
INSERT INTO growing SELECT g, 0 FROM generate_series(40001, 55000) g;

-- @bad warning
CREATE TABLE loaded (id int PRIMARY KEY, n int);
INSERT INTO loaded SELECT g, 0 FROM generate_series(1, 30000) g;

CREATE SCHEMA "odd "" schema";
CREATE TABLE "odd "" schema"."select" (id int);
INSERT INTO "odd "" schema"."select" SELECT g FROM generate_series(1, 20000) g;

-- @fixed

-- @unknown
-- The counters forget what the catalog still knows.
SELECT pg_stat_reset();
