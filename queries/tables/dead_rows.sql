/*
title: Dead rows far past what autovacuum allows
kind: reading
about: table
why: |
  An UPDATE or DELETE leaves the old row version behind until vacuum removes it. Until then every scan
  reads it and the table grows around it. A table is listed when its dead rows exceed the threshold at
  which its own autovacuum begins (threshold + scale factor × rows, with the options of the table);
  it is a finding when they also are a large part of the live ones.

  Where a transaction is older than the last vacuum, vacuum could not remove what that transaction may
  still see. Then the transaction is what to end; vacuuming again changes nothing.
says: "{dead} dead rows, {dead_to_live} of the live ones, {times} its autovacuum threshold"
fix: { sql: "VACUUM (ANALYZE) {object};" }
fix_lock: SHARE UPDATE EXCLUSIVE while it scans the table; reads and writes go on
evidence: counters
needs: { primary: true, setting: { track_counts: "on" } }
columns:
  object: name
  dead: count
  live: count
  dead_to_live: ratio
  times: times
  vacuumed: since
*/
with mine as materialized (
  select c.oid, n.nspname, c.relname, c.reltuples, c.reloptions, c.relpages,
         pg_stat_get_dead_tuples(c.oid) as dead
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), threshold as (
  select m.*,
    least(
      coalesce(o.base, current_setting('autovacuum_vacuum_threshold')::float8)
      + coalesce(o.factor, current_setting('autovacuum_vacuum_scale_factor')::float8) * greatest(m.reltuples, 0),
      -- From 18 on; -1 means no limit.
      nullif(coalesce(o.maximum, current_setting('autovacuum_vacuum_max_threshold', true)::float8), -1)
    ) as rows
  from mine m
  left join lateral (
    select
      max(option_value::float8) filter (where option_name = 'autovacuum_vacuum_threshold') as base,
      max(option_value::float8) filter (where option_name = 'autovacuum_vacuum_scale_factor') as factor,
      max(option_value::float8) filter (where option_name = 'autovacuum_vacuum_max_threshold') as maximum
    from pg_options_to_table(m.reloptions)
  ) o on m.reloptions is not null
), holder as (
  select who, since
  from (
    select 'session ' || a.pid || ' of ' || coalesce(quote_ident(a.usename), 'a dropped role') || ' (' || coalesce(nullif(a.application_name, ''), 'no application name') || ')' as who,
           a.xact_start as since
    from pg_stat_activity a
    where a.datname = current_database() and a.backend_xmin is not null and a.pid <> pg_backend_pid()
    union all
    select format('prepared transaction %L', p.gid), p.prepared
    from pg_prepared_xacts p
    where p.database = current_database()
  ) h
  order by since
  limit 1
), assessed as (
  select t.nspname, t.relname, t.dead, t.rows, pg_stat_get_live_tuples(t.oid) as live,
    greatest(pg_stat_get_last_vacuum_time(t.oid), pg_stat_get_last_autovacuum_time(t.oid)) as vacuumed,
    -- The table is older than its counters: they began again after a crash or a reset, and nothing has counted since.
    t.dead <= t.rows and t.reltuples >= 10000 and pg_stat_get_live_tuples(t.oid) < t.reltuples / 2
      and greatest(pg_stat_get_last_vacuum_time(t.oid), pg_stat_get_last_autovacuum_time(t.oid),
                   pg_stat_get_last_analyze_time(t.oid), pg_stat_get_last_autoanalyze_time(t.oid)) is null as blind
  from threshold t
  where t.dead > t.rows or t.reltuples >= 10000
)
select
  quote_ident(a.nspname) || '.' || quote_ident(a.relname) as object,
  a.dead,
  a.live,
  a.dead / greatest(a.live, 1)::float8 as dead_to_live,
  a.dead / greatest(a.rows, 1) as times,
  a.vacuumed,
  case when h.since < a.vacuumed then
    format('end %s first: its transaction began %s, before the last vacuum, and holds back what vacuum may remove', h.who, date_trunc('second', h.since))
  end as advice,
  case when a.blind then 'its counters began again after a crash or a reset, and nothing has counted its rows since' end as unknown,
  case when a.blind then format('ANALYZE %I.%I;', a.nspname, a.relname) end as remedy,
  p.population
from (select count(*) as population from mine) p
left join (assessed a left join holder h on true) on a.blind or a.dead > a.rows
order by a.dead desc nulls last, object;
