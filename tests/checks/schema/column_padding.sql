-- @good
CREATE TABLE small (a boolean NOT NULL, b bigint NOT NULL, c boolean NOT NULL, d bigint NOT NULL);
CREATE TABLE ordered (b bigint NOT NULL, d bigint NOT NULL, a boolean NOT NULL, c boolean NOT NULL, note text);
-- Less than eight bytes, and the row is as long without them.
CREATE TABLE little (a boolean NOT NULL, b bigint NOT NULL);
-- What is lost behind these is not the same in each row.
CREATE TABLE varied (note text NOT NULL, a boolean NOT NULL, b bigint NOT NULL, c boolean NOT NULL, d bigint NOT NULL);
CREATE TABLE nullable (x int, a boolean NOT NULL, b bigint NOT NULL, c boolean NOT NULL, d bigint NOT NULL);
CREATE TABLE unknown (a boolean NOT NULL, b bigint NOT NULL, c boolean NOT NULL, d bigint NOT NULL);
UPDATE pg_class SET relpages = 200000, reltuples = 20000000 WHERE relname IN ('ordered', 'little', 'varied', 'nullable');
UPDATE pg_class SET relpages = 20000, reltuples = 1000000 WHERE relname = 'small';

-- @bad info
CREATE TABLE "a""; DROP" (a boolean NOT NULL, b bigint NOT NULL, c boolean NOT NULL, d bigint NOT NULL, e smallint NOT NULL, f int NOT NULL, g timestamptz NOT NULL, note text);
UPDATE pg_class SET relpages = 200000, reltuples = 20000000 WHERE relname = 'a"; DROP';

-- @unknown
CREATE TABLE loaded (a boolean NOT NULL, b bigint NOT NULL, c boolean NOT NULL, d bigint NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO loaded SELECT true, g, true, g FROM generate_series(1, 1000000) g;
