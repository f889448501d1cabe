-- @redact size expected reclaimable ratio dead method
-- @good
-- Full of long values.
CREATE TABLE documents (id int, body text) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);
ALTER TABLE documents ALTER body SET STORAGE EXTERNAL;
INSERT INTO documents SELECT g, repeat(md5(g::text), 250) FROM generate_series(1, 6000) g;

-- Two of each three chunks are short, so that more than four fit into a page.
CREATE TABLE odd (id int, body text) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);
ALTER TABLE odd ALTER body SET STORAGE EXTERNAL;
INSERT INTO odd SELECT g, repeat('o', 2100) FROM generate_series(1, 20000) g;

-- Emptied, but small.
CREATE TABLE small (id int, body text) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);
ALTER TABLE small ALTER body SET STORAGE EXTERNAL;
INSERT INTO small SELECT g, repeat('s', 4000) FROM generate_series(1, 3000) g;
DELETE FROM small WHERE id > 10 AND id < 3000;

-- @then
VACUUM ANALYZE;

-- @bad warning
-- Its rows are small; what is left of its long values is not.
CREATE TABLE "long; ""values""" (id int, body text) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);
ALTER TABLE "long; ""values""" ALTER body SET STORAGE EXTERNAL;
INSERT INTO "long; ""values""" SELECT g, repeat(md5(g::text), 250) FROM generate_series(1, 6000) g;
DELETE FROM "long; ""values""" WHERE id % 4 <> 0;

-- @then
VACUUM ANALYZE;

-- @good
VACUUM (FULL, ANALYZE) "long; ""values""";

-- @then
VACUUM "long; ""values""";

-- @unknown
CREATE TABLE loaded (id int, body text) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);
ALTER TABLE loaded ALTER body SET STORAGE EXTERNAL;
INSERT INTO loaded SELECT g, repeat('l', 4000) FROM generate_series(1, 2000) g;
