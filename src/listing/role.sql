-- A role for pgaudit that sees what pgaudit looks at, and no row but those of migration tools.
--
-- Let a superuser run it in each database that is audited, and again once there are new sequences or a newer
-- pgaudit: what is there already stays. On a service without superusers, an owner who is a member of
-- pg_read_all_data will do. Then give the role a password, with \password in psql, or it cannot log in over TCP.
begin;
set local search_path = pg_catalog, pg_temp;
set local pgaudit.role = {literal};

do $do$
declare
  role text := current_setting('pgaudit.role');
begin
  if not exists (select from pg_roles where rolname = role) then
    execute format('create role %I login', role);
    execute format('alter role %I set default_transaction_read_only = on', role);
  end if;
  execute format('grant connect on database %I to %I', current_database(), role);
end
$do$;

-- Counters, settings, sessions and statements of all roles.
grant pg_monitor to {role};

-- How wide columns are and how often their values occur, without any value: bloat is estimated from it. A view would
-- not do, for pg_stats asks what the one who reads the view may see.
create schema if not exists pgaudit;
create or replace function pgaudit.column_statistics(relation oid, number int2)
returns table (
  readable bool, null_frac float4, avg_width int4, n_distinct float4, correlation float4, frequencies text, lengths text
)
language sql stable security definer rows 1
set search_path = pg_catalog, pg_temp
as $function$
{statistics}$function$;
revoke all on function pgaudit.column_statistics(oid, int2) from public;
grant usage on schema pgaudit to {role};
grant execute on function pgaudit.column_statistics(oid, int2) to {role};

-- How far sequences have come. SELECT does not let anybody draw a number.
do $do$
declare
  name name;
begin
  for name in
    select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
  loop
    execute format('grant select on all sequences in schema %I to %I', name, current_setting('pgaudit.role'));
  end loop;
end
$do$;

-- How the last migration ended, as migration tools recorded it.
set local pgaudit.tables = '{databasechangelog,databasechangeloglock,flyway_schema_history,schema_migration,schema_migrations,schema_version,schema_history,schema_info,ar_internal_metadata,alembic_version,django_migrations,_prisma_migrations,_sqlx_migrations,__diesel_schema_migrations,refinery_schema_history,goose_db_version,knex_migrations,knex_migrations_lock,pgmigrations,atlas_schema_revisions,__drizzle_migrations,SequelizeMeta,seaql_migrations}';
do $do$
declare
  found record;
begin
  for found in
    select n.nspname, c.relname
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relname = any (current_setting('pgaudit.tables')::name[])
  loop
    execute format('grant usage on schema %I to %I', found.nspname, current_setting('pgaudit.role'));
    execute format('grant select on %I.%I to %I', found.nspname, found.relname, current_setting('pgaudit.role'));
  end loop;
end
$do$;

commit;
