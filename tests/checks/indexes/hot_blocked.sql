-- @fact counters.database = 30 days
-- @redact updates hot_share others
-- @good
-- Room on the page, and the column that changes is in no index.
CREATE TABLE roomy (id int PRIMARY KEY, a int, n int) WITH (fillfactor = 40);
CREATE INDEX ON roomy (a);
INSERT INTO roomy SELECT g, g, 0 FROM generate_series(1, 10000) g;

-- Only the primary key, which each update has to find.
CREATE TABLE keyed (id int PRIMARY KEY, n int);
INSERT INTO keyed SELECT g, 0 FROM generate_series(1, 30000) g;

-- Updated seldom.
CREATE TABLE seldom (id int PRIMARY KEY, a int);
CREATE INDEX ON seldom (a);
INSERT INTO seldom SELECT g, g FROM generate_series(1, 20000) g;

-- @then
VACUUM ANALYZE;

-- @then
DO $$ BEGIN FOR i IN 1..12 LOOP UPDATE roomy SET n = n + 1; COMMIT; END LOOP; END $$;

DO $$ BEGIN FOR i IN 1..4 LOOP UPDATE keyed SET n = n + 1; COMMIT; END LOOP; END $$;

UPDATE seldom SET a = a + 1;

-- @bad info
CREATE TABLE "a""b; DROP TABLE roomy" (id int PRIMARY KEY, a int, n int) WITH (fillfactor = 40);
CREATE INDEX ON "a""b; DROP TABLE roomy" (n);
INSERT INTO "a""b; DROP TABLE roomy" SELECT g, g, 0 FROM generate_series(1, 10000) g;

-- @then
VACUUM ANALYZE;

-- @then
DO $$ BEGIN FOR i IN 1..12 LOOP UPDATE "a""b; DROP TABLE roomy" SET n = n + 1; COMMIT; END LOOP; END $$;
