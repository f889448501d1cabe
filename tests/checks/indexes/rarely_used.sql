-- @fact counters.database = 30 days
-- @redact size scans writes writes_to_scans last_scan
-- @good
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent VALUES (1);
CREATE TABLE t (id int PRIMARY KEY, parent_id int REFERENCES parent, a int, b int, c int);
CREATE INDEX t_parent ON t (parent_id);
CREATE UNIQUE INDEX t_b ON t (b);
CREATE INDEX t_c ON t ((c + 1));
INSERT INTO t SELECT g, 1, g, g, g FROM generate_series(1, 110000) g;
CREATE INDEX t_a ON t (a);

-- Written just as much, and small.
CREATE TABLE small (id int PRIMARY KEY, a int);
CREATE INDEX small_a ON small (a);
INSERT INTO small SELECT g, g FROM generate_series(1, 20000) g;

-- @then
VACUUM ANALYZE;

-- @then
-- Read often enough.
SET enable_seqscan = off;
DO $$
BEGIN
  FOR i IN 1..150 LOOP
    PERFORM * FROM t WHERE a = i;
  END LOOP;
  PERFORM * FROM t WHERE parent_id = 0;
  PERFORM * FROM t WHERE b = 1;
  PERFORM * FROM t WHERE c + 1 = 1;
  PERFORM * FROM small WHERE a = 1;
END $$;

-- @bad info
CREATE TABLE "a""b; DROP TABLE t" (id int PRIMARY KEY, a int);
CREATE INDEX "a; DROP TABLE t" ON "a""b; DROP TABLE t" (a);
INSERT INTO "a""b; DROP TABLE t" SELECT g, g FROM generate_series(1, 110000) g;
CREATE TABLE events (id int, a int) PARTITION BY HASH (id);
CREATE TABLE events_0 PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE events_1 PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX events_a ON events (a);
CREATE INDEX events_never ON events (a DESC, id);
INSERT INTO events SELECT g, g FROM generate_series(1, 220000) g;

-- @then
VACUUM ANALYZE;

-- @then
SET enable_seqscan = off;
SELECT * FROM "a""b; DROP TABLE t" WHERE a = 1;
SELECT a FROM events_1 WHERE a = 1;
