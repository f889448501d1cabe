-- @fact counters.database = 30 days
-- @redact rows_read rows_per_scan index_scans size scans
-- @good
CREATE TABLE small (id int PRIMARY KEY, note text);
INSERT INTO small SELECT g, 'n' FROM generate_series(1, 2000) g;
CREATE TABLE large (id int PRIMARY KEY, note text) WITH (autovacuum_enabled = off);
INSERT INTO large SELECT g, repeat('n', 700) FROM generate_series(1, 20000) g;

-- @then
VACUUM ANALYZE;

-- @then
-- A small table, a LIMIT, and a nightly report.
DO $$
BEGIN
  FOR i IN 1..150 LOOP
    PERFORM count(*) FROM small WHERE note = 'x';
    PERFORM * FROM large LIMIT 1;
  END LOOP;
  FOR i IN 1..20 LOOP
    PERFORM count(*) FROM small s WHERE s.note = 'y';
  END LOOP;
END $$;

-- @bad warning
CREATE TABLE "a""b; DROP TABLE small" (id int PRIMARY KEY, note text) WITH (autovacuum_enabled = off);
INSERT INTO "a""b; DROP TABLE small" SELECT g, repeat('n', 700) FROM generate_series(1, 20000) g;

-- The partitions are small enough; what the root reads is not.
CREATE TABLE events (id int, note text) PARTITION BY HASH (id);
CREATE TABLE events_0 PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE events_1 PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO events SELECT g, repeat('n', 700) FROM generate_series(1, 24000) g;

-- @then
VACUUM ANALYZE;

-- @then
SET max_parallel_workers_per_gather = 0;
DO $$
BEGIN
  FOR i IN 1..120 LOOP
    PERFORM count(*) FROM "a""b; DROP TABLE small" WHERE note = 'x';
    PERFORM count(*) FROM events WHERE note = 'x';
  END LOOP;
END $$;
