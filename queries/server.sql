/*
title: Who the server is
kind: fact
scope: cluster
why: Every audit asks this first. It decides which variants of the other statements fit.
evidence: settings
columns:
  version_num: count
  version: text
  database: name
  role: name
  superuser: flag
  standby: flag
  started: time
  now: time
  extensions: text
  libraries: text
  settings: text
  column_statistics: flag
*/
select
  current_setting('server_version_num')::int8 as version_num,
  current_setting('server_version') as version,
  current_database()::text as database,
  quote_ident(current_user) as role,
  (select rolsuper from pg_roles where rolname = current_user) as superuser,
  pg_is_in_recovery() as standby,
  pg_postmaster_start_time() as started,
  clock_timestamp() as now,
  (
    select coalesce(json_object_agg(e.extname, json_build_object('version', e.extversion, 'schema', quote_ident(n.nspname))), '{}')
    from pg_extension e
    join pg_namespace n on n.oid = e.extnamespace
  )::text as extensions,
  -- A loaded library shows by the settings that it defines; its name in shared_preload_libraries is hidden from most roles.
  (
    select coalesce(json_agg(distinct split_part(name, '.', 1)), '[]') from pg_settings where name like '%.%'
  )::text as libraries,
  (
    select coalesce(json_agg(name), '[]') from pg_settings where name in ('transaction_timeout', 'stats_fetch_consistency')
  )::text as settings,
  -- Whether the function that `pgaudit doctor --sql` creates may be used. One of an owner who cannot read everything
  -- anyway could have been made to mislead.
  not (select rolsuper from pg_roles where rolname = current_user) and exists (
    select
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    join pg_roles o on o.oid = p.proowner
    left join pg_roles a on a.rolname = 'pg_read_all_data'
    where n.nspname = 'pgaudit' and p.proname = 'column_statistics' and p.proargtypes = '26 21' and p.prosecdef
      and (o.rolsuper or pg_has_role(o.oid, a.oid, 'USAGE'))
      and has_schema_privilege(n.oid, 'USAGE') and has_function_privilege(p.oid, 'EXECUTE')
  ) as column_statistics;
