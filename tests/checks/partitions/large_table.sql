-- @good
CREATE TABLE small (id bigint PRIMARY KEY, created_at timestamptz NOT NULL);
CREATE TABLE timeless (id bigint PRIMARY KEY, updated_at timestamptz NOT NULL, maybe_at timestamptz);
CREATE TABLE parts (id bigint, created_at timestamptz NOT NULL) PARTITION BY RANGE (created_at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE parent (id bigint, created_at timestamptz NOT NULL);
CREATE TABLE child () INHERITS (parent);
UPDATE pg_class SET relpages = 20000000 WHERE relname IN ('timeless', 'parts_1', 'parent', 'child');
UPDATE pg_class SET relpages = 2000000 WHERE relname = 'small';

-- @bad info
CREATE TABLE "a""; DROP" (id bigint PRIMARY KEY, valid_until date NOT NULL, "createdAt" timestamp NOT NULL);
UPDATE pg_class SET relpages = 20000000 WHERE relname = 'a"; DROP';

-- @unknown
CREATE TABLE loaded (created_at date NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO loaded SELECT 'today' FROM generate_series(1, 1000000);
