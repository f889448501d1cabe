-- @fact counters.database = 30 days
-- @redact size
-- @good
CREATE TABLE parent (id int PRIMARY KEY, code text NOT NULL);
CREATE TABLE t (
  id int PRIMARY KEY,
  parent_id int REFERENCES parent (id),
  email text UNIQUE,
  a text,
  b text,
  c text,
  during int4range
);
INSERT INTO t (id, email, a, b, c, during)
SELECT g, 'mail' || g, repeat('a', 40) || g, repeat('b', 40) || g, repeat('c', 40) || g, int4range(g, g + 1) FROM generate_series(1, 40000) g;

-- Needed without ever being scanned.
CREATE UNIQUE INDEX t_unique ON t (a);
CREATE INDEX t_parent ON t (parent_id, a);
CREATE INDEX t_expression ON t (lower(a));
ALTER TABLE t ADD CONSTRAINT t_during EXCLUDE USING gist (during WITH &&);

CREATE TABLE clustered AS SELECT id, a FROM t;
CREATE INDEX clustered_a ON clustered (a);
ALTER TABLE clustered CLUSTER ON clustered_a;

CREATE TABLE replicated AS SELECT id, a FROM t;
ALTER TABLE replicated ALTER a SET NOT NULL;
CREATE UNIQUE INDEX replicated_a ON replicated (a);
ALTER TABLE replicated REPLICA IDENTITY USING INDEX replicated_a;

-- Part of a partitioned index: it cannot be dropped alone.
CREATE TABLE events (id int, at date, note text) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX events_note ON events (note);
INSERT INTO events SELECT g, '2026-05-05', repeat('n', 40) || g FROM generate_series(1, 40000) g;

-- Used once.
CREATE INDEX t_b ON t (b);

-- Too small to be worth it.
CREATE TABLE small AS SELECT id, a FROM t WHERE id <= 2000;
CREATE INDEX small_a ON small (a);

-- @then
VACUUM ANALYZE;

-- @then
SET enable_seqscan = off;
SELECT count(*) FROM t WHERE b = 'x';

-- @bad warning
-- Filled after it was built: its size in the catalog is that of an empty index.
CREATE TABLE filled (id int PRIMARY KEY, a text) WITH (autovacuum_enabled = off);
CREATE INDEX filled_a ON filled (a);
INSERT INTO filled SELECT g, repeat('a', 40) || g FROM generate_series(1, 40000) g;

CREATE INDEX t_c ON t (c);
CREATE INDEX "t ""c""; DROP TABLE parent" ON t (c, b);

-- @then
UPDATE t SET c = c || 'x' WHERE id <= 100;

-- @fixed
