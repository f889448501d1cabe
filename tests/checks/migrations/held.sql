-- @good
-- It is at it at this moment.
CREATE TABLE databasechangeloglock (id int PRIMARY KEY, locked bool, lockgranted timestamp, lockedby varchar(255));
INSERT INTO databasechangeloglock VALUES (1, true, now(), 'ci');

CREATE TABLE knex_migrations_lock (index serial PRIMARY KEY, is_locked int);
INSERT INTO knex_migrations_lock (is_locked) VALUES (0);
CREATE SCHEMA pgroll; CREATE TABLE pgroll.migrations (schema name, name text, migration jsonb, created_at timestamp, parent text, done bool);
INSERT INTO pgroll.migrations VALUES ('public', '01_users', '{}', '2026-01-01', NULL, true), ('public', '02_email', '{}', now(), '01_users', false);

-- Not those of a tool: another shape, a type that somebody made.
CREATE SCHEMA other; CREATE TABLE other.knex_migrations_lock (is_locked int);
INSERT INTO other.knex_migrations_lock VALUES (1);
CREATE DOMAIN flag AS bool;
CREATE SCHEMA typed; CREATE TABLE typed.databasechangeloglock (id int PRIMARY KEY, locked flag, lockgranted timestamp, lockedby varchar(255));
INSERT INTO typed.databasechangeloglock VALUES (1, true, '2026-01-01', 'ci');

-- @bad warning
UPDATE databasechangeloglock SET lockgranted = '2026-01-01';
UPDATE knex_migrations_lock SET is_locked = 1;
UPDATE pgroll.migrations SET created_at = '2026-01-02';
CREATE SCHEMA "a""b; DROP TABLE t"; CREATE TABLE "a""b; DROP TABLE t".kysely_migration_lock (id varchar(255) PRIMARY KEY, is_locked int);
INSERT INTO "a""b; DROP TABLE t".kysely_migration_lock VALUES ('migration_lock', 1);
