/*
title: Indexes with their sizes and counters
kind: shared
why: Sizes and counters of all indexes are wanted by several checks.
evidence: counters
columns:
  object: name
  relation: oid
  table: name
  size: bytes
  weight: bytes
  scans: count
  fetched: count
  hit: count
*/
select
  format('%I.%I', n.nspname, c.relname) as object,
  c.oid as relation,
  format('%I.%I', tn.nspname, t.relname) as "table",
  c.relpages * current_setting('block_size')::int8 as size,
  -- What the largest are chosen by: its pages are those of the last vacuum, analyze or build, so that a load
  -- since then is only in the counters, at a guess of 40 bytes a row.
  greatest(
    c.relpages * current_setting('block_size')::int8,
    case when c.relpages < 8 then (pg_stat_get_live_tuples(i.indrelid) - greatest(c.reltuples, 0)::int8) * 40 end
  ) as weight,
  pg_stat_get_numscans(c.oid) as scans,
  pg_stat_get_blocks_fetched(c.oid) as fetched,
  pg_stat_get_blocks_hit(c.oid) as hit
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_class t on t.oid = i.indrelid
join pg_namespace tn on tn.oid = t.relnamespace
where c.relkind = 'i'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  );
