-- @fact counters.database = 30 days
-- @redact size correlation changed_to_inserted
-- @good
-- In no order, changed often, unique, small, serving a foreign key.
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent SELECT generate_series(1, 1000000);
CREATE TABLE t (a int, b int UNIQUE, parent_id int REFERENCES parent) WITH (autovacuum_enabled = off);
ALTER TABLE t DISABLE TRIGGER ALL;
INSERT INTO t SELECT hashint4(g), g, g FROM generate_series(1, 1000000) g;
CREATE INDEX t_a ON t (a);
CREATE INDEX t_parent ON t (parent_id);
CREATE TABLE changed (a int) WITH (autovacuum_enabled = off);
INSERT INTO changed SELECT generate_series(1, 1000000);
CREATE INDEX changed_a ON changed (a);
CREATE TABLE small (a int);
INSERT INTO small SELECT generate_series(1, 200000);
CREATE INDEX small_a ON small (a);

-- @then
VACUUM ANALYZE;

-- @then
DELETE FROM changed WHERE a % 50 = 0;

-- @bad info
CREATE TABLE "a""b; DROP TABLE t" ("the ""at""" timestamptz, n int) WITH (autovacuum_enabled = off);
INSERT INTO "a""b; DROP TABLE t" SELECT '2026-01-01'::timestamptz + g * interval '1 s', g FROM generate_series(1, 1000000) g;
CREATE INDEX "at; DROP TABLE t" ON "a""b; DROP TABLE t" ("the ""at""");

-- @then
VACUUM ANALYZE;
