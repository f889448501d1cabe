-- @good
CREATE TABLE t (
  id uuid PRIMARY KEY,
  price numeric(10, 2),
  amount_cents bigint,
  tax_rate float8,
  cost_factor real,
  latitude float8,
  total_time float8,
  made_at timestamptz,
  opens time,
  token varchar(36),
  note text,
  stripe_id text,
  gone money
);
ALTER TABLE t DROP gone;
CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, installed_on timestamp NOT NULL);
CREATE VIEW v AS SELECT now()::timestamp AS at;
CREATE TABLE of_extension (at timestamp);
ALTER EXTENSION pg_stat_statements ADD TABLE of_extension;

-- @bad warning
CREATE DOMAIN euro AS money;
CREATE DOMAIN key AS varchar(36);
CREATE TABLE bad (
  id char(36) PRIMARY KEY,
  price euro,
  "totalAmount" real,
  total float8,
  "cost""; DROP TABLE t" money,
  made_at timestamp(3),
  changed_at timestamp GENERATED ALWAYS AS (NULL) STORED,
  opens timetz,
  external_uuid text,
  other_id key
);
CREATE TABLE parts (a int, at timestamp) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);

-- @bad warning
CREATE TABLE many (a1 money, a2 money, a3 money, a4 money, a5 money, a6 money, a7 money, a8 money, a9 money, a10 money, a11 money);
