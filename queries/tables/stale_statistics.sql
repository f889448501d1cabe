/*
title: Planner statistics far behind the table
kind: reading
about: table
why: |
  The planner chooses plans by what the last ANALYZE saw. A table is listed when the rows modified since
  then exceed the threshold at which its own autovacuum analyzes it (threshold + scale factor × rows, with
  the options of the table); several times that means that autovacuum does not get to it, or may not.
says: "{modified} rows modified since the last analyze, {times} its threshold"
fix: { sql: "ANALYZE {object};" }
fix_lock: SHARE UPDATE EXCLUSIVE while it reads a sample; reads and writes go on
evidence: counters
needs: { primary: true, setting: { track_counts: "on" } }
yields_to: tables/dead_rows
columns:
  object: name
  modified: count
  live: count
  times: times
  analyzed: since
*/
with mine as materialized (
  select c.oid, n.nspname, c.relname, c.reltuples, c.reloptions,
         pg_stat_get_mod_since_analyze(c.oid) as modified
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
    coalesce(o.base, current_setting('autovacuum_analyze_threshold')::float8)
    + coalesce(o.factor, current_setting('autovacuum_analyze_scale_factor')::float8) * greatest(m.reltuples, 0) as rows
  from mine m
  left join lateral (
    select
      max(option_value::float8) filter (where option_name = 'autovacuum_analyze_threshold') as base,
      max(option_value::float8) filter (where option_name = 'autovacuum_analyze_scale_factor') as factor
    from pg_options_to_table(m.reloptions)
  ) o on m.reloptions is not null
), assessed as (
  select t.nspname, t.relname, t.modified, t.rows, pg_stat_get_live_tuples(t.oid) as live,
    greatest(pg_stat_get_last_analyze_time(t.oid), pg_stat_get_last_autoanalyze_time(t.oid)) as analyzed,
    -- The table is older than its counters: they began again after a crash or a reset, and nothing has counted since.
    t.modified <= t.rows and t.reltuples >= 10000 and pg_stat_get_live_tuples(t.oid) < t.reltuples / 2
      and greatest(pg_stat_get_last_vacuum_time(t.oid), pg_stat_get_last_autovacuum_time(t.oid),
                   pg_stat_get_last_analyze_time(t.oid), pg_stat_get_last_autoanalyze_time(t.oid)) is null as blind
  from threshold t
  where t.modified > t.rows or t.reltuples >= 10000
)
select
  quote_ident(a.nspname) || '.' || quote_ident(a.relname) as object,
  a.modified,
  a.live,
  a.modified / greatest(a.rows, 1) as times,
  a.analyzed,
  case when a.blind then 'its counters began again after a crash or a reset, and nothing has counted its rows since' end as unknown,
  case when a.blind then format('ANALYZE %I.%I;', a.nspname, a.relname) end as remedy,
  p.population
from (select count(*) as population from mine) p
left join assessed a on a.blind or a.modified > a.rows
order by a.modified desc nulls last, object;
