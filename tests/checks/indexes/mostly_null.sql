-- @redact size nulls
-- @good
CREATE TABLE t (id int PRIMARY KEY, half int, rare int, other int, code int);
INSERT INTO t SELECT g, CASE WHEN g % 5 < 2 THEN g END, CASE WHEN g % 20 = 0 THEN g END, CASE WHEN g % 20 = 0 THEN g END, CASE WHEN g % 20 = 0 THEN g END
FROM generate_series(1, 200000) g;
CREATE INDEX t_half ON t (half);
CREATE INDEX t_rare ON t (rare) WHERE rare IS NOT NULL;
CREATE INDEX t_id_other ON t (id, other);
ALTER TABLE t ADD UNIQUE (code);
CREATE TABLE small AS SELECT NULL::int AS a FROM generate_series(1, 5000) g;
CREATE INDEX small_a ON small (a);

-- @then
VACUUM ANALYZE;

-- @bad info
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE "a""b; DROP TABLE t" (id int PRIMARY KEY, "the ""rare""" int, parent_id int REFERENCES parent);
INSERT INTO "a""b; DROP TABLE t" SELECT g, CASE WHEN g % 20 = 0 THEN g END FROM generate_series(1, 200000) g;
CREATE INDEX "rare; DROP TABLE t" ON "a""b; DROP TABLE t" ("the ""rare""", id);
CREATE INDEX b_parent ON "a""b; DROP TABLE t" (parent_id);

-- @then
VACUUM ANALYZE;

-- @good
DROP INDEX "rare; DROP TABLE t";
DROP INDEX b_parent;
CREATE INDEX b_parent ON "a""b; DROP TABLE t" (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX ON "a""b; DROP TABLE t" ("the ""rare""", id) WHERE "the ""rare""" IS NOT NULL;

-- @unknown
ALTER TABLE t ALTER half SET STATISTICS 0;
CREATE TABLE kept AS SELECT id, rare FROM t;
ALTER TABLE kept ALTER rare SET STATISTICS 0;
CREATE INDEX kept_rare ON kept (rare);

-- @then
VACUUM ANALYZE kept;
