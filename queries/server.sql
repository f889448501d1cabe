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
  )::text as settings;
