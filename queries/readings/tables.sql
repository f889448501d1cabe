/*
title: Tables and materialized views with their sizes and counters
kind: shared
why: >
  Sizes, rows and block counters of all tables are wanted by several checks. By the pg_stat_get functions
  over pg_class this costs a quarter of what pg_stat_user_tables and pg_statio_user_tables cost.
evidence: counters
columns:
  object: name
  relation: oid
  total: bytes
  weight: bytes
  heap: bytes
  indexes: bytes
  toast: bytes
  live: count
  dead: count
  dead_to_live: ratio
  vacuumed: since
  fetched: count
  hit: count
*/
with bytes as (select current_setting('block_size')::int8 as block),
index_pages as (
  select i.indrelid, sum(c.relpages)::int8 as pages
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  group by i.indrelid
)
select
  format('%I.%I', n.nspname, c.relname) as object,
  c.oid as relation,
  case when known then s.pages * block end as total,
  -- What the largest are chosen by: without a known size, the rows that the counters saw, at a guess of 100 bytes.
  case when known then s.pages * block else greatest(inserted, c.reltuples::int8) * 100 end as weight,
  case when known then c.relpages * block end as heap,
  case when known then coalesce(ip.pages, 0) * block end as indexes,
  case when known then coalesce(t.relpages + tip.pages, 0) * block end as toast,
  case when not blind then live end as live,
  case when not blind then dead end as dead,
  case when not blind then dead / greatest(live, 1)::float8 end as dead_to_live,
  greatest(pg_stat_get_last_vacuum_time(c.oid), pg_stat_get_last_autovacuum_time(c.oid)) as vacuumed,
  pg_stat_get_blocks_fetched(c.oid) as fetched,
  pg_stat_get_blocks_hit(c.oid) as hit,
  case when blind then 'its counters began again after a crash or a reset, and nothing has counted its rows since' end as unknown,
  case when blind then 'ANALYZE ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ';' end as remedy
from bytes, pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join index_pages ip on ip.indrelid = c.oid
left join pg_class t on t.oid = c.reltoastrelid
left join index_pages tip on tip.indrelid = t.oid
cross join lateral (
  select
    -- A standby counts nothing of what the primary writes: its zeros are no figures.
    case when not pg_is_in_recovery() then pg_stat_get_live_tuples(c.oid) end as live,
    case when not pg_is_in_recovery() then pg_stat_get_dead_tuples(c.oid) end as dead,
    case when not pg_is_in_recovery() then pg_stat_get_tuples_inserted(c.oid) end as inserted,
    c.relpages + coalesce(ip.pages, 0) + coalesce(t.relpages + tip.pages, 0) as pages
) s
cross join lateral (
  -- Zero pages before the first vacuum or analyze is a size that nobody knows, not a small one.
  select c.relpages > 0 or s.inserted = 0 as known,
    -- The table is older than its counters: they began again after a crash or a reset, and nothing has counted since.
    c.reltuples >= 10000 and s.live < c.reltuples / 2
      and greatest(pg_stat_get_last_vacuum_time(c.oid), pg_stat_get_last_autovacuum_time(c.oid),
                   pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid)) is null as blind
) k
where c.relkind in ('r', 'm')
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  );
