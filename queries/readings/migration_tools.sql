/*
title: Tables in which migration tools keep what they applied
kind: shared
why: |
  Tables of tools are told by their name and their columns, in any schema, since five tools call theirs
  `schema_migrations`. A table with columns of other types than PostgreSQL's own is none of a tool's: reading it could run
  code of whoever made it. Beside a row for each table there is one for each schema with tables of several tools, and one
  for the database: a flag that is not about its row is NULL.
evidence: catalog
columns:
  object: name
  relation: oid
  tool: text
  repair: text
  records: flag
  holds: flag
  unreadable: text
  grant: text
  several: flag
  tools: text
  database: flag
  found: count
  tables: count
*/
with tool (name, relation, columns, repair) as (
  values
    ('golang-migrate', 'schema_migrations', '{version,dirty}'::name[], 'migrate force VERSION'),
    ('Flyway', 'flyway_schema_history', '{installed_rank,version,script,checksum,success}', 'flyway repair'),
    ('Prisma', '_prisma_migrations', '{migration_name,started_at,finished_at,rolled_back_at}', 'prisma migrate resolve'),
    ('sqlx', '_sqlx_migrations', '{version,checksum,success,execution_time}', 'correct its row in _sqlx_migrations'),
    ('Atlas', 'atlas_schema_revisions', '{version,applied,total,error}', 'atlas migrate set'),
    ('Liquibase', 'databasechangelog', '{id,author,filename,exectype}', 'liquibase update'),
    ('Liquibase', 'databasechangeloglock', '{id,locked,lockgranted,lockedby}', 'liquibase release-locks'),
    ('goose', 'goose_db_version', '{version_id,is_applied,tstamp}', 'goose up'),
    ('Knex', 'knex_migrations', '{name,batch,migration_time}', 'knex migrate:latest'),
    ('Knex', 'knex_migrations_lock', '{index,is_locked}', 'knex migrate:unlock'),
    ('Sqitch', 'events', '{event,change_id,change,project,committed_at}', 'sqitch deploy'),
    ('pgroll', 'migrations', '{schema,name,migration,parent,done}', 'pgroll complete or pgroll rollback'),
    ('graphile-migrate', 'migrations', '{hash,previous_hash,filename,date}', 'graphile-migrate migrate'),
    ('Alembic', 'alembic_version', '{version_num}', 'alembic merge heads'),
    ('Django', 'django_migrations', '{app,name,applied}', 'manage.py migrate'),
    ('Rails', 'schema_migrations', '{version}', 'bin/rails db:migrate'),
    ('Ecto', 'schema_migrations', '{version,inserted_at}', 'mix ecto.migrate'),
    ('Supabase', 'schema_migrations', '{version,statements,name}', 'supabase migration repair'),
    ('Diesel', '__diesel_schema_migrations', '{version,run_on}', 'diesel migration run'),
    ('refinery', 'refinery_schema_history', '{version,name,applied_on,checksum}', 'refinery migrate'),
    ('SeaORM', 'seaql_migrations', '{version,applied_at}', 'sea-orm-cli migrate up'),
    ('Drizzle', '__drizzle_migrations', '{id,hash,created_at}', 'drizzle-kit migrate'),
    ('TypeORM', 'migrations', '{id,timestamp,name}', 'typeorm migration:run'),
    ('Laravel', 'migrations', '{id,migration,batch}', 'php artisan migrate'),
    ('Sequelize', 'SequelizeMeta', '{name}', 'sequelize db:migrate'),
    ('node-pg-migrate', 'pgmigrations', '{name,run_on}', 'node-pg-migrate up'),
    ('tern', 'schema_version', '{version}', 'tern migrate'),
    ('Flyway', 'schema_version', '{installed_rank,version,script,checksum,success}', 'flyway repair'),
    ('graphile-migrate', 'current', '{filename,content,date}', 'graphile-migrate commit'),
    ('Kysely', 'kysely_migration', '{name,timestamp}', 'migrateToLatest()'),
    ('Kysely', 'kysely_migration_lock', '{id,is_locked}', 'set is_locked to 0'),
    ('MikroORM', 'mikro_orm_migrations', '{name,executed_at}', 'mikro-orm migration:up'),
    ('EF Core', '__EFMigrationsHistory', '{MigrationId,ProductVersion}', 'dotnet ef database update'),
    ('DbUp', 'schemaversions', '{schemaversionsid,scriptname,applied}', 'run its upgrader again'),
    ('Doctrine', 'doctrine_migration_versions', '{version,executed_at,execution_time}', 'doctrine:migrations:migrate'),
    ('Phinx', 'phinxlog', '{version,migration_name,start_time,end_time}', 'phinx migrate'),
    ('yoyo', '_yoyo_migration', '{migration_hash,migration_id,applied_at_utc}', 'yoyo apply'),
    ('Aerich', 'aerich', '{version,app,content}', 'aerich upgrade'),
    ('Play', 'play_evolutions', '{id,hash,apply_script,state,last_problem}', 'resolve it on the page that Play shows')
), found as materialized (
  select distinct on (c.oid) c.oid, n.oid as namespace, n.nspname, c.relname, t.repair, t.columns,
    case
      when t.name <> 'Rails' then t.name
      when exists (select from pg_class o where o.relnamespace = n.oid and o.relname = 'ar_internal_metadata') then 'Rails'
      else 'dbmate or Rails'
    end as tool
  from tool t
  join pg_class c on c.relname = t.relation::name
  join pg_namespace n on n.oid = c.relnamespace
  -- In all schemas: a tool keeps the version of those that were chosen wherever its own table stands.
  where c.relkind = 'r' and c.relpersistence <> 't'
    and t.columns <@ array(select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
    -- Types below are PostgreSQL's own. The details ask this again, when they hold the lock that keeps the columns as they are.
    and not exists (
      select from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and (a.atttypid >= 16384 or a.attgenerated <> '')
    )
  order by c.oid, cardinality(t.columns) desc
), mine as materialized (
  select c.oid, n.nspname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), busy as (
  -- Schemas with more than the tables of tools. What else a tool has a schema of its own for is not known.
  select distinct m.nspname from mine m where m.oid not in (select f.oid from found f)
), together as (
  select b.nspname, string_agg(distinct f.tool, ', ' order by f.tool) as tools
  from found f
  join mine m on m.oid = f.oid
  join busy b on b.nspname = f.nspname
  group by b.nspname
  having count(distinct f.tool) > 1
)
select
  quote_ident(f.nspname) || '.' || quote_ident(f.relname) as object,
  f.oid as relation,
  f.tool,
  f.repair,
  case when not k.holds then k.readable and not k.hidden end as records,
  case when k.holds then k.readable and not k.hidden end as holds,
  case
    when not k.readable then 'this role may not read it'
    when k.hidden then 'row security may hide some of its rows'
  end as unreadable,
  case
    when not k.readable then
      'GRANT USAGE ON SCHEMA ' || quote_ident(f.nspname) || ' TO ' || quote_ident(current_user) || '; GRANT SELECT ON '
      || quote_ident(f.nspname) || '.' || quote_ident(f.relname) || ' TO ' || quote_ident(current_user) || ';'
    when k.hidden then 'audit as a role that bypasses row security'
  end as "grant",
  null::bool as several,
  null as tools,
  null::bool as database,
  null::int8 as found,
  null::int8 as tables
from found f
join mine m on m.oid = f.oid
cross join lateral (
  select has_schema_privilege(f.namespace, 'USAGE') and has_table_privilege(f.oid, 'SELECT') as readable,
    row_security_active(f.oid) as hidden,
    f.columns && '{is_locked,lockedby,done}'::name[] as holds
) k
union all
select quote_ident(t.nspname), null, null, null, null, null, null, null, true, t.tools, null, null, null
from together t
union all
select 'all tables', null, null, null, null, null, null, null, null, null, true,
  (select count(distinct f.tool) from found f), (select count(*) from mine m where m.oid not in (select f.oid from found f));
