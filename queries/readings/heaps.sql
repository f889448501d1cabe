/*
title: Large tables as their size after a rewrite is estimated
kind: shared
why: >
  What VACUUM FULL would leave of a table follows from its rows, its columns and its fill factor. A table below
  8 MB is never worth a rewrite and is only counted; one of unknown size is kept.
evidence: planner
columns:
  object: name
  relation: oid
  block: bytes
  pages: count
  tuples: number
  dead: count
  modified: count
  inserted: count
  fillfactor: number
  attributes: count
  holes: count
  later: count
  heap: flag
  online: text
*/
with mine as materialized (
  select c.oid, n.nspname, c.relname, c.relpages, c.reltuples, c.reloptions, c.relnatts, c.relam
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), large as (
  select *
  from mine
  where relpages * current_setting('block_size')::int8 >= 8388608 or relpages = 0
)
select
  quote_ident(l.nspname) || '.' || quote_ident(l.relname) as object,
  l.oid as relation,
  current_setting('block_size')::int8 as block,
  l.relpages::int8 as pages,
  -- Before 14, 0 stands for never counted as well as for empty.
  case when l.reltuples >= 0 and l.relpages > 0 then l.reltuples::float8 end as tuples,
  -- A standby counts nothing of what the primary writes: its zeros are no figures.
  case when not pg_is_in_recovery() then pg_stat_get_dead_tuples(l.oid) end as dead,
  case when not pg_is_in_recovery() then pg_stat_get_mod_since_analyze(l.oid) end as modified,
  case when not pg_is_in_recovery() then pg_stat_get_tuples_inserted(l.oid) end as inserted,
  coalesce(o.fillfactor, 100) as fillfactor,
  l.relnatts::int8 as attributes,
  a.holes,
  a.later,
  m.amname = 'heap' as heap,
  coalesce(
    (select max(e.extname::text) from pg_extension e where e.extname in ('pg_repack', 'pg_squeeze')),
    'pg_repack or pg_squeeze, where it is installed,'
  ) as online,
  p.population
from (select count(*) as population from mine) p
left join (
  large l
  left join pg_am m on m.oid = l.relam
  cross join lateral (
    select max(option_value::float8) filter (where option_name = 'fillfactor') as fillfactor
    from pg_options_to_table(l.reloptions)
  ) o
  cross join lateral (
    select
      -- Dropped columns, and from 18 on virtual ones, are NULL in each row that is written.
      count(*) filter (where a.attisdropped or a.attgenerated = 'v') as holes,
      -- Added with a default and without a rewrite: old rows do not hold it yet.
      count(*) filter (where a.atthasmissing and not a.attisdropped) as later
    from pg_attribute a
    where a.attrelid = l.oid and a.attnum > 0
  ) a
) on true;
