/*
title: Migration tool whose last run did not end well
kind: reading
about: table
why: |
  Migration tools write down what they have applied. What is marked dirty, failed, unfinished or locked there stops the
  next deployment, and says that the schema may be between two versions. Tables of tools are told by their name and their
  columns, in any schema, since five tools call theirs `schema_migrations`.

  Where a failed migration is rolled back with its row, nothing can be seen. A lock of Liquibase and an open phase of
  pgroll count when they are older than a day. A table with columns of other types than PostgreSQL's own is none of a
  tool's: reading it could run code of whoever made it.
says: "{tool}: {state}"
fix: { advice: "find out how far the migration came, mend that, then let the tool know: {repair}" }
evidence: catalog
columns:
  object: name
  relation: oid
  tool: text
  faults: count
  state: text
  repair: text
detail: |
  with same as (
    select
    where not exists (
      select from pg_attribute a
      where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped and (a.atttypid >= 16384 or a.attgenerated <> '')
    )
  ), entry as (
    select to_jsonb(t) as r
    from only {object} t
    where t.tableoid = $1 and exists (select from same)
  ), judged as (
    select case
      when r ? 'dirty' and r ->> 'dirty' = 'true' then
        'version ' || (r ->> 'version') || ' is dirty'
      when r ? 'installed_rank' and r ->> 'success' = 'false' then
        'version ' || (r ->> 'version') || ' failed'
      when r ? 'rolled_back_at' and r ->> 'finished_at' is null and r ->> 'rolled_back_at' is null then
        (r ->> 'migration_name') || ' began and did not finish'
      when r ? 'execution_time' and not r ? 'installed_rank' and r ? 'success' and (r ->> 'success' = 'false' or r ->> 'execution_time' = '-1') then
        'version ' || (r ->> 'version') || ' did not finish'
      when r ? 'error' and r ? 'total' and (r ->> 'error' <> '' or r -> 'applied' < r -> 'total') then
        'version ' || (r ->> 'version') || ': ' || (r ->> 'applied') || ' of ' || (r ->> 'total') || ' statements applied'
      when r ->> 'exectype' = 'FAILED' then
        'change ' || (r ->> 'id') || ' failed'
      when r ? 'lockedby' and r ->> 'locked' = 'true' and r ->> 'lockgranted' < to_jsonb(localtimestamp - interval '1 day') #>> '{}' then
        'locked since ' || (r ->> 'lockgranted')
      when r ? 'is_locked' and r ->> 'is_locked' = '1' then
        'locked: a migration is running, or died'
      when r ->> 'event' = 'fail' and r ? 'change_id'
        and row_number() over (partition by r ->> 'change_id' order by r ->> 'committed_at' desc) = 1 then
        'change ' || (r ->> 'change') || ' failed'
      when r ->> 'done' = 'false' and r ->> 'created_at' < to_jsonb(localtimestamp - interval '1 day') #>> '{}' then
        (r ->> 'name') || ' was started and never completed'
      when r ? 'version_num' and count(*) over () > 1 then
        'head ' || (r ->> 'version_num') || ' is one of several'
    end as fault
    from entry
  )
  select count(*) filter (where fault is not null) as faults,
    coalesce(string_agg(fault, '; ' order by fault) filter (where fault is not null), 'in order') as state
  from judged
  having exists (select from same)
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
    ('Rails or dbmate', 'schema_migrations', '{version}', 'run the migration again'),
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
    ('tern', 'schema_version', '{version}', 'tern migrate')
), found as materialized (
  select distinct on (c.oid) c.oid, n.oid as namespace, n.nspname, c.relname, t.name as tool, t.repair
  from tool t
  join pg_class c on c.relname = t.relation::name
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
    and t.columns <@ array(select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
    -- Types below are PostgreSQL's own. The detail asks this again, when it holds the lock that keeps the columns as they are.
    and not exists (
      select from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and (a.atttypid >= 16384 or a.attgenerated <> '')
    )
  order by c.oid, cardinality(t.columns) desc
)
select
  quote_ident(f.nspname) || '.' || quote_ident(f.relname) as object,
  f.oid as relation,
  f.tool,
  f.repair,
  case
    when not k.readable then 'this role may not read it'
    when k.hidden then 'row security may hide some of its rows'
  end as unknown,
  case
    when not k.readable then
      'GRANT USAGE ON SCHEMA ' || quote_ident(f.nspname) || ' TO ' || quote_ident(current_user) || '; GRANT SELECT ON '
      || quote_ident(f.nspname) || '.' || quote_ident(f.relname) || ' TO ' || quote_ident(current_user) || ';'
    when k.hidden then 'audit as a role that bypasses row security'
  end as remedy,
  p.population
from (select count(*) as population from found) p
left join (
  found f
  cross join lateral (
    select has_schema_privilege(f.namespace, 'USAGE') and has_table_privilege(f.oid, 'SELECT') as readable, row_security_active(f.oid) as hidden
  ) k
) on true
order by object;
