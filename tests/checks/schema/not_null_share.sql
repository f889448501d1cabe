-- @good
CREATE DOMAIN required AS text NOT NULL;
CREATE TABLE t (
  id int PRIMARY KEY,
  name text NOT NULL,
  of_domain required,
  made text GENERATED ALWAYS AS (lower(name)) STORED,
  gone text,
  at timestamptz NOT NULL,
  note text,
  other text,
  more int NOT NULL
);
ALTER TABLE t DROP gone;
CREATE TABLE parts (a int NOT NULL, b int NOT NULL, c int) PARTITION BY LIST (a);

-- Columns of these do not count.
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE databasechangelog (id text, author text, filename text, dateexecuted text);
CREATE VIEW v AS SELECT * FROM t;

-- @bad info
CREATE TABLE loose (id int PRIMARY KEY, a text, b text, c text, d text, e text, f text, g text);

-- @bad warning
CREATE TABLE looser (a text, b text, c text, d text, e text, f text, g text, h text, i text, j text, k text, l text);
