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

CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('abc');

-- It failed, and then it ran.
CREATE SCHEMA sqitch; CREATE TABLE sqitch.events (event text, change_id text, change text, project text, committed_at timestamptz);
INSERT INTO sqitch.events VALUES ('fail', 'x', 'users', 'app', '2026-01-01'), ('deploy', 'x', 'users', 'app', '2026-01-02');

-- The others that tell how a migration went, and it went well.
CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint, is_applied bool, tstamp timestamp);
INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, true), (2, true), (2, false);
CREATE SCHEMA graphile_migrate; CREATE TABLE graphile_migrate.migrations (hash text PRIMARY KEY, previous_hash text, filename text, date timestamptz);
CREATE TABLE graphile_migrate.current (filename text PRIMARY KEY, content text, date timestamptz);
INSERT INTO graphile_migrate.current VALUES ('current.sql', E'-- Enter migration here\n', now());
CREATE TABLE django_migrations (id bigint PRIMARY KEY, app varchar(255), name varchar(255), applied timestamptz);
INSERT INTO django_migrations VALUES (1, 'auth', '0001_initial', now()), (2, 'app', '0001_initial', now());
CREATE TABLE doctrine_migration_versions (version varchar(191) PRIMARY KEY, executed_at timestamp, execution_time int);
INSERT INTO doctrine_migration_versions VALUES ('first', now(), -1);
CREATE TABLE phinxlog (version bigint PRIMARY KEY, migration_name varchar(100), start_time timestamp, end_time timestamp, breakpoint bool);
INSERT INTO phinxlog VALUES (1, 'first', now(), now(), false);
CREATE TABLE play_evolutions (id int PRIMARY KEY, hash varchar(255), applied_at timestamp, apply_script text, revert_script text, state varchar(255), last_problem text);
INSERT INTO play_evolutions VALUES (1, '', now(), '', '', 'applied', '');

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
INSERT INTO alembic_version VALUES ('def');
INSERT INTO sqitch.events VALUES ('fail', 'y', 'projects', 'app', '2026-01-03');
CREATE SCHEMA atlas_schema_revisions; CREATE TABLE atlas_schema_revisions.atlas_schema_revisions (version varchar PRIMARY KEY, description varchar, type bigint, applied bigint, total bigint, executed_at timestamptz, execution_time bigint, error text, error_stmt text, hash varchar);
INSERT INTO atlas_schema_revisions.atlas_schema_revisions VALUES ('1', '', 2, 3, 3, now(), 1, NULL, '', ''), ('2', '', 2, 1, 3, now(), 1, 'no', '', '');
INSERT INTO graphile_migrate.current VALUES ('current/02.sql', 'CREATE TABLE more (id int);', now());
INSERT INTO django_migrations VALUES (3, 'app', '0001_initial', now());
INSERT INTO play_evolutions VALUES (2, '', now(), '', '', 'applying_up', 'ERROR: no');
INSERT INTO phinxlog VALUES (2, 'second', now(), NULL, false);
