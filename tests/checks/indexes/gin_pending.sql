-- @redact pending rows
-- @good
CREATE TABLE plain (id int PRIMARY KEY);

-- @unknown
CREATE TABLE t (id int PRIMARY KEY, tags int[]);
CREATE INDEX t_tags ON t USING gin (tags);
CREATE INDEX t_direct ON t USING gin (tags) WITH (fastupdate = off);
INSERT INTO t SELECT g, ARRAY[g, g + 1] FROM generate_series(1, 2000) g;

-- @good
CREATE EXTENSION pgstattuple;

-- @bad info
CREATE TABLE "a""b; DROP TABLE t" (id int PRIMARY KEY, tags int[]) WITH (autovacuum_enabled = off);
CREATE INDEX "tags""; DROP TABLE t" ON "a""b; DROP TABLE t" USING gin (tags) WITH (gin_pending_list_limit = 65536);
INSERT INTO "a""b; DROP TABLE t" SELECT g, ARRAY[g, g + 1, g + 2, g + 3] FROM generate_series(1, 100000) g;

-- @good
SELECT gin_clean_pending_list('"tags""; DROP TABLE t"');
