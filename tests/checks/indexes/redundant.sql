-- @good
CREATE TABLE t (id int PRIMARY KEY, a text, b int, c int, d int, v jsonb, n int4range);
INSERT INTO t (id, a, b) SELECT g, g, g FROM generate_series(1, 10) g;

-- Alike, but each serves what the others do not.
CREATE INDEX t_a ON t (a);
CREATE INDEX t_a_pattern ON t (a text_pattern_ops);
CREATE INDEX t_a_c ON t (a COLLATE "C");
CREATE INDEX t_a_desc ON t (a DESC);
CREATE INDEX t_a_nulls ON t (a NULLS FIRST);
CREATE INDEX t_a_hash ON t USING hash (a);
CREATE INDEX t_a_lower ON t (lower(a));
CREATE INDEX t_a_upper ON t (upper(a), b);
CREATE INDEX t_a_part ON t (a) WHERE b > 0;
CREATE INDEX t_a_other ON t (a) WHERE b > 1;

-- The shorter one is unique, the longer one is not; what is included is not in the longer one.
CREATE UNIQUE INDEX t_b ON t (b);
CREATE INDEX t_b_c ON t (b, c);
CREATE INDEX t_c_b ON t (c) INCLUDE (b);
CREATE INDEX t_c_d ON t (c, d);
CREATE UNIQUE INDEX t_d ON t (d) INCLUDE (c);
CREATE UNIQUE INDEX t_d_b ON t (d, b);

-- The first columns serve a btree only, and options change what the others hold.
CREATE INDEX t_v ON t USING gin (v);
CREATE INDEX t_v_path ON t USING gin (v jsonb_path_ops);
CREATE INDEX t_b_brin ON t USING brin (b) WITH (pages_per_range = 16);
CREATE INDEX t_b_brin_fine ON t USING brin (b) WITH (pages_per_range = 1);
CREATE INDEX t_n ON t USING gist (n);

-- A foreign key refers to it, a table is clustered on it, replication identifies rows by it.
CREATE TABLE parent (id int PRIMARY KEY, code int NOT NULL, at int, CONSTRAINT parent_code UNIQUE (code));
CREATE TABLE child (code int REFERENCES parent (code));
CREATE UNIQUE INDEX parent_code_replica ON parent (code);
ALTER TABLE parent REPLICA IDENTITY USING INDEX parent_code_replica;
CREATE INDEX parent_at ON parent (at);
CREATE INDEX parent_at_id ON parent (at, id);
CLUSTER parent USING parent_at;

-- Partitions have their parts of one index.
CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX events_at ON events (at);

-- From 15 on: NULL is the same as NULL, or is not.
CREATE TABLE nulls (a int UNIQUE);
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 150000 THEN
    EXECUTE 'CREATE UNIQUE INDEX ON nulls (a) NULLS NOT DISTINCT';
  END IF;
END $$;

CREATE TEMPORARY TABLE scratch (a int);
CREATE INDEX ON scratch (a);
CREATE INDEX ON scratch (a);

-- @bad warning
-- The index of a constraint serves already.
CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE, name text, at date, body tsvector);
CREATE INDEX idx_users_email ON users (email);
CREATE INDEX "a""b; DROP TABLE t" ON users (id);

-- Of two that are the same the first by name stays; of two constraints as well.
CREATE INDEX users_name_1 ON users (lower(name), at DESC) WHERE name <> '';
CREATE INDEX users_name_2 ON users (lower(name), at DESC) WHERE   name <> ''::text;
CREATE INDEX users_body_1 ON users USING gin (body);
CREATE INDEX users_body_2 ON users USING gin (body);
CREATE TABLE twice (id int PRIMARY KEY, code int CONSTRAINT twice_a UNIQUE);
ALTER TABLE twice ADD CONSTRAINT twice_b UNIQUE (code);

-- Three that begin alike: the longest stays. What is included may be a key of it.
CREATE TABLE three (a int, b int, c int);
CREATE INDEX three_a ON three (a);
CREATE INDEX three_a_b ON three (a) INCLUDE (b);
CREATE INDEX three_abc ON three (a, b, c);

-- Of partitions only the whole, and an index of a partition beside its part.
CREATE INDEX events_at_id ON events (at, id);
CREATE TABLE hits (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE hits_2026 PARTITION OF hits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX a_hits_2026 ON hits_2026 (id);
CREATE INDEX hits_id ON ONLY hits (id);
CREATE INDEX b_hits_2026 ON hits_2026 (id);
ALTER INDEX hits_id ATTACH PARTITION b_hits_2026;

-- @fixed
