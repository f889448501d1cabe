-- @good
CREATE EXTENSION btree_gist;
CREATE TABLE parent (id int PRIMARY KEY, other int NOT NULL, code text UNIQUE, UNIQUE (id, other));
INSERT INTO parent SELECT g, g, g FROM generate_series(1, 10) g;

-- As a prefix, in any order, by an INCLUDE of something else, with a hash.
CREATE TABLE t (
  id int PRIMARY KEY,
  a int REFERENCES parent,
  b int,
  c int REFERENCES parent,
  d text REFERENCES parent (code),
  FOREIGN KEY (a, b) REFERENCES parent (id, other)
);
CREATE INDEX ON t (b, a, id);
CREATE INDEX ON t (a DESC NULLS LAST) INCLUDE (id);
CREATE INDEX ON t USING hash (c);
CREATE INDEX ON t (d text_pattern_ops);

-- A link table: its primary key serves one side.
CREATE TABLE link (a int REFERENCES parent, b int REFERENCES parent, PRIMARY KEY (a, b));
CREATE INDEX ON link (b);

-- A partial index that leaves out no row that refers to anything.
CREATE TABLE sparse (id int PRIMARY KEY, a int REFERENCES parent, b int, FOREIGN KEY (a, b) REFERENCES parent (id, other));
CREATE INDEX ON sparse (a, b) WHERE a IS NOT NULL AND b IS NOT NULL;
CREATE INDEX ON sparse (a) WHERE a IS NOT NULL;

-- At most one row has this id, whatever its second column is.
CREATE TABLE one (id int PRIMARY KEY, other int, FOREIGN KEY (id, other) REFERENCES parent (id, other));

-- GiST with an operator class for plain values.
CREATE TABLE booked (a int REFERENCES parent, during int4range, EXCLUDE USING gist (a WITH =, during WITH &&));

-- A table that refers to itself, and a collation of its own that the index has as well.
CREATE TABLE tree (id text COLLATE "C" PRIMARY KEY, parent text COLLATE "C" REFERENCES tree);
CREATE INDEX ON tree (parent);

-- The root is served, by an index of all partitions or by one in each.
CREATE TABLE events (id int, a int REFERENCES parent, at date) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON events (a);

CREATE TABLE hits (id int, a int REFERENCES parent, at date) PARTITION BY RANGE (at);
CREATE TABLE hits_2026 PARTITION OF hits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE hits_2027 (at date, gone int, id int, a int);
ALTER TABLE hits_2027 DROP gone;
ALTER TABLE hits ATTACH PARTITION hits_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE INDEX ON hits_2026 (a);
CREATE INDEX ON hits_2027 (a);

-- To a partitioned parent there is one constraint for each of its partitions.
CREATE TABLE sales (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE sales_2026 PARTITION OF sales FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE items (id int PRIMARY KEY, sale int, at date, FOREIGN KEY (sale, at) REFERENCES sales);
CREATE INDEX ON items (at, sale);

-- Not enforced: nothing looks for its rows.
CREATE TABLE loose (id int PRIMARY KEY, a int);
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 180000 THEN
    EXECUTE 'ALTER TABLE loose ADD FOREIGN KEY (a) REFERENCES parent NOT ENFORCED';
  END IF;
END $$;

CREATE TEMPORARY TABLE scratch_parent (id int PRIMARY KEY);
CREATE TEMPORARY TABLE scratch (a int REFERENCES scratch_parent);

-- The tenant is in every row: what tells rows apart is the rest.
CREATE TABLE tenants (id int PRIMARY KEY);
CREATE TABLE tasks (tenant_id int REFERENCES tenants, id int, PRIMARY KEY (tenant_id, id));
CREATE TABLE notes (id int PRIMARY KEY, tenant_id int REFERENCES tenants, task_id int, FOREIGN KEY (tenant_id, task_id) REFERENCES tasks);
CREATE INDEX ON notes (task_id);
CREATE INDEX ON notes (tenant_id);

-- @bad warning
CREATE TABLE plain (id int PRIMARY KEY, a int REFERENCES parent ON DELETE CASCADE);

-- Two on one column, and one that the index for another serves: one finding.
CREATE TABLE twice (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a) REFERENCES parent, FOREIGN KEY (a) REFERENCES t, FOREIGN KEY (a, b) REFERENCES parent (id, other));

-- Indexes that do not serve: another column first, another one between, only included, partial, of a wrong kind, invalid.
CREATE TABLE misled (id int PRIMARY KEY, a int, b int, x int, s text, d text REFERENCES parent (code), FOREIGN KEY (a, b) REFERENCES parent (id, other));
CREATE INDEX ON misled (x, a, b);
CREATE INDEX ON misled (a, x, b);
CREATE INDEX ON misled (x) INCLUDE (a, b);
CREATE INDEX ON misled (a, b) WHERE s = 'x';
CREATE INDEX ON misled (a, b) WHERE x IS NOT NULL;
CREATE INDEX ON misled (a, b) WHERE a IS NULL;
CREATE INDEX ON misled USING brin (a, b);
CREATE INDEX ON misled (abs(a), b);
CREATE INDEX ON misled (d COLLATE "C");
CREATE INDEX ON misled (lower(d));

CREATE TABLE "a""b; DROP TABLE parent" (id int PRIMARY KEY, "the ""key""" int REFERENCES parent ON DELETE SET NULL);

-- @fixed

-- One finding at the root, none at its partitions; the parent is partitioned as well.
-- @bad warning
CREATE TABLE visits (id int, a int REFERENCES parent, sale int, sold date, at date, FOREIGN KEY (sale, sold) REFERENCES sales) PARTITION BY RANGE (at);
CREATE TABLE visits_2026 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (id);
CREATE TABLE visits_2026_1 PARTITION OF visits_2026 FOR VALUES IN (1);
CREATE TABLE visits_2027 PARTITION OF visits FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE INDEX ON visits_2027 (a);

-- @good
CREATE INDEX visits_a ON ONLY visits (a);

CREATE INDEX CONCURRENTLY visits_2026_1_a ON visits_2026_1 (a);

CREATE INDEX visits_2026_a ON visits_2026 (a);

ALTER INDEX visits_a ATTACH PARTITION visits_2026_a;

ALTER INDEX visits_a ATTACH PARTITION visits_2027_a_idx;

CREATE INDEX ON visits (sale, sold);
