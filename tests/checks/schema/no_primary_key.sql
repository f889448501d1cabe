-- @good
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE later (a int NOT NULL, b int NOT NULL);
ALTER TABLE later ADD PRIMARY KEY (a, b);

-- The key stands at the root.
CREATE TABLE events (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

CREATE TABLE databasechangelog (id text, author text, filename text);
CREATE TEMPORARY TABLE scratch (a int);
CREATE VIEW v AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE far (a int) SERVER nowhere;

-- Belongs to an extension.
CREATE TABLE of_extension (a int);
ALTER EXTENSION pg_stat_statements ADD TABLE of_extension;

-- Only worth knowing.
CREATE TABLE identified (a int NOT NULL, b int NOT NULL, UNIQUE (a, b));
CREATE TABLE ready (a int NOT NULL);
CREATE UNIQUE INDEX ready_a ON ready (a);
CREATE UNLOGGED TABLE staging (a int);
CREATE TABLE log (at timestamptz, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

-- @bad warning
CREATE TABLE keyless (a int, b text);

-- Each of these looks like a key.
CREATE TABLE nullable (a int UNIQUE);
CREATE TABLE partial (a int NOT NULL, gone bool);
CREATE UNIQUE INDEX ON partial (a) WHERE NOT gone;
CREATE TABLE expression (a text NOT NULL);
CREATE UNIQUE INDEX ON expression (lower(a));
CREATE TABLE late (a int NOT NULL UNIQUE DEFERRABLE);

CREATE TABLE parts (a int, b int) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE "a""b; DROP TABLE t" (a int);

-- A child loses the key of its parent; where the parent has none, it is the parent's.
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE keyless_child () INHERITS (keyless);
