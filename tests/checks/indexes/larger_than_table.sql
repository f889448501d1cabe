-- @redact indexes size to_table
-- @good
-- Wide rows, and a narrow table that is small.
CREATE TABLE wide AS SELECT g AS id, g AS a, g AS b, repeat('x', 200) AS note FROM generate_series(1, 100000) g;
CREATE INDEX ON wide (id); CREATE INDEX ON wide (a); CREATE INDEX ON wide (b);
CREATE TABLE small AS SELECT g AS a, g AS b FROM generate_series(1, 50000) g;
CREATE INDEX ON small (a); CREATE INDEX ON small (b); CREATE INDEX ON small (b, a);
-- Rows that stand in the TOAST table.
CREATE TABLE long (id int, a int, note text);
ALTER TABLE long ALTER note SET STORAGE EXTERNAL;
INSERT INTO long SELECT g, g, repeat('x', 20000) FROM generate_series(1, 2000) g;

-- @then
VACUUM ANALYZE;

-- @bad info
CREATE TABLE "a""b; DROP TABLE small" AS SELECT g AS a, g AS b FROM generate_series(1, 250000) g;
CREATE INDEX ON "a""b; DROP TABLE small" (a); CREATE INDEX ON "a""b; DROP TABLE small" (b); CREATE INDEX ON "a""b; DROP TABLE small" (b, a);
CREATE TABLE events (id int, at int, a int) PARTITION BY HASH (id);
CREATE TABLE events_0 PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE events_1 PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO events SELECT g, g, g FROM generate_series(1, 250000) g;
CREATE INDEX ON events (a); CREATE INDEX ON events (at); CREATE INDEX ON events (at, a);

-- @then
VACUUM ANALYZE;

-- @unknown
CREATE TABLE loaded (a int, b int) WITH (autovacuum_enabled = off);
CREATE INDEX ON loaded (a); CREATE INDEX ON loaded (b);
INSERT INTO loaded SELECT g, g FROM generate_series(1, 110000) g;
