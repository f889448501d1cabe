-- @good
-- Five tools call their table the same; each is sound.
CREATE SCHEMA golang; CREATE TABLE golang.schema_migrations (version bigint PRIMARY KEY, dirty bool NOT NULL);
INSERT INTO golang.schema_migrations VALUES (7, false);
CREATE SCHEMA rails; CREATE TABLE rails.schema_migrations (version varchar PRIMARY KEY);
INSERT INTO rails.schema_migrations VALUES ('20260101');
CREATE SCHEMA ecto; CREATE TABLE ecto.schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp(0));
INSERT INTO ecto.schema_migrations VALUES (20260101, now());

CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version varchar(50), description varchar(200), type varchar(20), script varchar(1000), checksum int, installed_by varchar(100), installed_on timestamp DEFAULT now(), execution_time int, success bool);
INSERT INTO flyway_schema_history VALUES (1, '1', 'first', 'SQL', 'V1__first.sql', 1, 'app', now(), -1, true);

-- It was rolled back, and then it ran.
CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64), finished_at timestamptz, migration_name varchar(255), logs text, rolled_back_at timestamptz, started_at timestamptz DEFAULT now(), applied_steps_count int DEFAULT 0);
INSERT INTO _prisma_migrations VALUES ('a', '', NULL, 'first', '', now(), now(), 0), ('b', '', now(), 'first', '', NULL, now(), 1);

CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text, installed_on timestamptz DEFAULT now(), success bool, checksum bytea, execution_time bigint);
INSERT INTO _sqlx_migrations VALUES (1, 'first', now(), true, '', 1200);

CREATE TABLE databasechangelog (id varchar(255), author varchar(255), filename varchar(255), dateexecuted timestamp, orderexecuted int, exectype varchar(10), md5sum varchar(35));
INSERT INTO databasechangelog VALUES ('1', 'a', 'f', now(), 1, 'EXECUTED', ''), ('2', 'a', 'f', now(), 2, 'MARK_RAN', '');

-- It is at it at this moment.
CREATE TABLE databasechangeloglock (id int PRIMARY KEY, locked bool, lockgranted timestamp, lockedby varchar(255));
INSERT INTO databasechangeloglock VALUES (1, true, now(), 'ci');

CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('abc');

-- It failed, and then it ran.
CREATE SCHEMA sqitch; CREATE TABLE sqitch.events (event text, change_id text, change text, project text, committed_at timestamptz);
INSERT INTO sqitch.events VALUES ('fail', 'x', 'users', 'app', '2026-01-01'), ('deploy', 'x', 'users', 'app', '2026-01-02');

-- Not those of a tool: another shape, a view, a type that somebody made, a temporary table.
CREATE SCHEMA other; CREATE TABLE other._prisma_migrations (id int, finished_at timestamptz);
CREATE SCHEMA views; CREATE VIEW views.schema_migrations AS SELECT 1::bigint AS version, (1 / 0 > 0) AS dirty;
CREATE DOMAIN flag AS bool;
CREATE SCHEMA typed; CREATE TABLE typed.schema_migrations (version bigint, dirty flag);
INSERT INTO typed.schema_migrations VALUES (1, true);
CREATE TEMPORARY TABLE schema_migrations (version bigint, dirty bool);
INSERT INTO schema_migrations VALUES (1, true);

-- @bad warning
CREATE SCHEMA "a""b; DROP TABLE t"; CREATE TABLE "a""b; DROP TABLE t".schema_migrations (version bigint PRIMARY KEY, dirty bool NOT NULL);
INSERT INTO "a""b; DROP TABLE t".schema_migrations VALUES (8, true);
INSERT INTO flyway_schema_history VALUES (2, '2', 'second', 'SQL', 'V2__second.sql', 1, 'app', now(), 3, false);
INSERT INTO _prisma_migrations VALUES ('c', '', NULL, 'second', '', NULL, now(), 0), ('d', '', NULL, 'third', '', NULL, now(), 0);
INSERT INTO _sqlx_migrations VALUES (2, 'second', now(), true, '', -1);
INSERT INTO databasechangelog VALUES ('3', 'a', 'f', now(), 3, 'FAILED', '');
UPDATE databasechangeloglock SET lockgranted = '2026-01-01';
INSERT INTO alembic_version VALUES ('def');
INSERT INTO sqitch.events VALUES ('fail', 'y', 'projects', 'app', '2026-01-03');
CREATE TABLE knex_migrations_lock (index serial PRIMARY KEY, is_locked int);
INSERT INTO knex_migrations_lock (is_locked) VALUES (1);
CREATE SCHEMA atlas_schema_revisions; CREATE TABLE atlas_schema_revisions.atlas_schema_revisions (version varchar PRIMARY KEY, description varchar, type bigint, applied bigint, total bigint, executed_at timestamptz, execution_time bigint, error text, error_stmt text, hash varchar);
INSERT INTO atlas_schema_revisions.atlas_schema_revisions VALUES ('1', '', 2, 3, 3, now(), 1, NULL, '', ''), ('2', '', 2, 1, 3, now(), 1, 'no', '', '');
CREATE SCHEMA pgroll; CREATE TABLE pgroll.migrations (schema name, name text, migration jsonb, created_at timestamp, parent text, done bool);
INSERT INTO pgroll.migrations VALUES ('public', '01_users', '{}', '2026-01-01', NULL, true), ('public', '02_email', '{}', '2026-01-02', '01_users', false);
