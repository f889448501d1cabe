-- @good
-- Several tables of one tool, a service with a schema of its own, and a tool that keeps its record elsewhere.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE databasechangelog (id varchar(255), author varchar(255), filename varchar(255), exectype varchar(10));
CREATE TABLE databasechangeloglock (id int PRIMARY KEY, locked bool, lockgranted timestamp, lockedby varchar(255));
CREATE SCHEMA auth; CREATE TABLE auth.users (id int PRIMARY KEY);
CREATE TABLE auth.schema_migrations (version varchar(14) PRIMARY KEY);
CREATE SCHEMA sqitch; CREATE TABLE sqitch.events (event text, change_id text, change text, project text, committed_at timestamptz);

-- @bad info
CREATE SCHEMA "a""b; DROP TABLE t"; CREATE TABLE "a""b; DROP TABLE t".users (id int PRIMARY KEY);
CREATE TABLE "a""b; DROP TABLE t".schema_migrations (version varchar PRIMARY KEY);
CREATE TABLE "a""b; DROP TABLE t".ar_internal_metadata (key varchar PRIMARY KEY, value varchar);
CREATE TABLE "a""b; DROP TABLE t"._prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64), finished_at timestamptz, migration_name varchar(255), logs text, rolled_back_at timestamptz, started_at timestamptz, applied_steps_count int);
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);

-- Those that no other fixture knows.
CREATE SCHEMA all_others; CREATE TABLE all_others.users (id int PRIMARY KEY);
CREATE TABLE all_others.knex_migrations (id serial PRIMARY KEY, name varchar(255), batch int, migration_time timestamptz);
CREATE TABLE all_others.schema_migrations (version text PRIMARY KEY, statements text[], name text);
CREATE TABLE all_others.__diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp);
CREATE TABLE all_others.refinery_schema_history (version int4 PRIMARY KEY, name varchar(255), applied_on varchar(255), checksum varchar(255));
CREATE TABLE all_others.seaql_migrations (version varchar PRIMARY KEY, applied_at bigint);
CREATE TABLE all_others.__drizzle_migrations (id serial PRIMARY KEY, hash text, created_at bigint);
CREATE SCHEMA typeorm; CREATE TABLE typeorm.users (id int PRIMARY KEY); CREATE TABLE typeorm.alembic_version (version_num varchar(32)); CREATE TABLE typeorm.migrations (id serial PRIMARY KEY, timestamp bigint, name varchar);
CREATE SCHEMA laravel; CREATE TABLE laravel.users (id int PRIMARY KEY); CREATE TABLE laravel.alembic_version (version_num varchar(32)); CREATE TABLE laravel.migrations (id serial PRIMARY KEY, migration varchar(255), batch int);
CREATE TABLE all_others."SequelizeMeta" (name varchar(255) PRIMARY KEY);
CREATE TABLE all_others.pgmigrations (id serial PRIMARY KEY, name varchar(255), run_on timestamp);
CREATE TABLE all_others.schema_version (version int4);
CREATE TABLE all_others.kysely_migration (name varchar(255) PRIMARY KEY, timestamp varchar(255));
CREATE TABLE all_others.mikro_orm_migrations (id serial PRIMARY KEY, name varchar(255), executed_at timestamptz);
CREATE TABLE all_others."__EFMigrationsHistory" ("MigrationId" varchar(150) PRIMARY KEY, "ProductVersion" varchar(32));
CREATE TABLE all_others.schemaversions (schemaversionsid serial PRIMARY KEY, scriptname varchar(255), applied timestamp);
CREATE TABLE all_others._yoyo_migration (migration_hash varchar(64) PRIMARY KEY, migration_id varchar(255), applied_at_utc timestamp);
CREATE TABLE all_others.aerich (id serial PRIMARY KEY, version varchar(255), app varchar(100), content jsonb);
CREATE TABLE all_others.goose_db_version (id serial PRIMARY KEY, version_id bigint, is_applied bool, tstamp timestamp);
CREATE TABLE all_others._sqlx_migrations (version bigint PRIMARY KEY, description text, installed_on timestamptz, success bool, checksum bytea, execution_time bigint);
CREATE SCHEMA older; CREATE TABLE older.users (id int PRIMARY KEY); CREATE TABLE older.alembic_version (version_num varchar(32));
CREATE TABLE older.schema_version (installed_rank int PRIMARY KEY, version varchar(50), description varchar(200), type varchar(20), script varchar(1000), checksum int, installed_by varchar(100), installed_on timestamp, execution_time int, success bool);
CREATE TABLE older.schema_migrations (version varchar(128) PRIMARY KEY);
