-- @redact size top
-- @good
CREATE TABLE states (id int PRIMARY KEY);
INSERT INTO states SELECT generate_series(1, 3);
CREATE TABLE t (id int PRIMARY KEY, state_id int REFERENCES states, code text, n int, part int);
INSERT INTO t SELECT g, 1 + g % 3, 'code' || g % 500, g, g % 3 FROM generate_series(1, 200000) g;
CREATE INDEX t_state ON t (state_id);
CREATE INDEX t_code ON t (code);
CREATE INDEX t_part_n ON t (part, n);
CREATE INDEX t_part ON t (part) WHERE n > 0;
CREATE TABLE small AS SELECT g % 3 AS part FROM generate_series(1, 5000) g;
CREATE INDEX small_part ON small (part);

-- @then
VACUUM ANALYZE;

-- @bad info
CREATE TABLE "a""b; DROP TABLE t" (id int PRIMARY KEY, "the ""state""" text);
INSERT INTO "a""b; DROP TABLE t" SELECT g, CASE WHEN g % 100 = 0 THEN 'done' ELSE 'open' END FROM generate_series(1, 200000) g;
CREATE INDEX "state; DROP TABLE t" ON "a""b; DROP TABLE t" ("the ""state""");
CREATE INDEX state_expression ON "a""b; DROP TABLE t" (upper("the ""state"""));

-- @then
VACUUM ANALYZE;

-- @unknown
CREATE TABLE fresh WITH (autovacuum_enabled = off) AS SELECT g % 2 AS part FROM generate_series(1, 200000) g;
CREATE INDEX fresh_part ON fresh (part);

-- @then
-- The size is known, the values are not.
VACUUM fresh;
