-- @good
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE events (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE schema_migrations (version text NOT NULL UNIQUE);

-- For schema/no_primary_key.
CREATE TABLE keyless (a int UNIQUE);

-- @bad info
CREATE TABLE ready (a int NOT NULL);
CREATE UNIQUE INDEX "ready_a; DROP TABLE t" ON ready (a);

-- @fixed

-- @bad info
CREATE TABLE identified (a int NOT NULL, b int NOT NULL, UNIQUE (a, b));
CREATE UNLOGGED TABLE staging (a int);
CREATE TABLE log (at timestamptz, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');


-- An index with INCLUDE cannot be taken for a primary key.
CREATE TABLE covering (a int NOT NULL, b int);
CREATE UNIQUE INDEX ON covering (a) INCLUDE (b);
