-- @good
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE whole (a int);
ALTER TABLE whole REPLICA IDENTITY FULL;
CREATE TABLE by_index (a int NOT NULL);
CREATE UNIQUE INDEX by_index_a ON by_index (a);
ALTER TABLE by_index REPLICA IDENTITY USING INDEX by_index_a;
CREATE TABLE events (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE PUBLICATION changes FOR TABLE t, whole, by_index, events;

-- Not published, or not for UPDATE and DELETE.
CREATE TABLE keyless (a int);
CREATE TABLE appended (a int);
CREATE PUBLICATION inserts FOR TABLE appended WITH (publish = 'insert, truncate');

-- @bad critical
CREATE TABLE "a""b; DROP TABLE t" (a int);
CREATE TABLE nothing (id int PRIMARY KEY);
ALTER TABLE nothing REPLICA IDENTITY NOTHING;
CREATE TABLE late (id int PRIMARY KEY DEFERRABLE);
CREATE TABLE log (at date, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (line);
CREATE TABLE log_2026_a PARTITION OF log_2026 FOR VALUES IN ('a');
CREATE TABLE log_2027 PARTITION OF log FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
ALTER PUBLICATION changes ADD TABLE "a""b; DROP TABLE t", nothing, late, log;

-- The index of the identity is dropped behind its back.
DROP INDEX by_index_a;

-- @bad critical
-- A publication of everything is one of these as well, and of nothing unlogged.
CREATE UNLOGGED TABLE scratch (a int);
CREATE PUBLICATION everything FOR ALL TABLES;
