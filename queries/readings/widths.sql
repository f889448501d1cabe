/*
title: Column widths of large tables and of their B-trees
kind: shared
why: |
  How wide the rows of a table or the keys of an index are, from the column statistics that ANALYZE wrote. Values
  never leave the server: of those that the statistics hold, only the share of each length does.
evidence: planner
columns:
  object: name
  relation: oid
  number: count
  key: count
  length: count
  align: text
  type: text
  mandatory: flag
  sampled: flag
  readable: flag
  null_frac: ratio
  width: count
  distinct: number
  frequencies: text
  lengths: text
*/
with block as (select current_setting('block_size')::int8 as bytes),
mine as materialized (
  select c.oid, n.nspname, c.relname, k.keys
  from block, pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (
    -- All columns of large B-trees; those of unknown size stand behind a large table.
    select array_agg(u.key) as keys
    from pg_index i
    join pg_class ic on ic.oid = i.indexrelid
    cross join unnest(i.indkey::int2[]) as u (key)
    where i.indrelid = c.oid
      and (ic.relpages * bytes >= 8388608 or (ic.relpages < 3 and c.relpages * bytes >= 8388608))
  ) k
  where c.relkind in ('r', 'm') and (c.relpages * bytes >= 8388608 or k.keys is not null)
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), columns as (
  select m.oid as relation, m.nspname, m.relname, a.attnum as number, a.attname, a.attlen, a.attalign, a.atttypid, a.attnotnull,
    a.attstattarget, null::int2 as key, true as own, a.attnum = any (m.keys) as is_key
  from mine m
  join pg_attribute a on a.attrelid = m.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated <> 'v'
  union all
  select ic.oid, n.nspname, ic.relname, a.attnum, a.attname, a.attlen, a.attalign, a.atttypid, a.attnotnull,
    a.attstattarget, i.indkey[a.attnum - 1], i.indkey[a.attnum - 1] = 0, true
  from mine m
  join pg_index i on i.indrelid = m.oid
  join pg_class ic on ic.oid = i.indexrelid
  join pg_am am on am.oid = ic.relam and am.amname = 'btree'
  join pg_namespace n on n.oid = ic.relnamespace
  join pg_attribute a on a.attrelid = ic.oid and a.attnum > 0
  where m.keys is not null
)
select
  quote_ident(w.nspname) || '.' || quote_ident(w.relname) || '.' || quote_ident(w.attname) as object,
  w.relation,
  w.number::int8 as number,
  w.key::int8 as key,
  w.attlen::int8 as length,
  w.attalign::text as align,
  t.typname::text as type,
  w.attnotnull as mandatory,
  w.attstattarget is distinct from 0 as sampled,
  s.readable,
  s.null_frac::float8 as null_frac,
  s.avg_width::int8 as width,
  s.n_distinct::float8 as "distinct",
  case when w.is_key then s.frequencies end as frequencies,
  s.lengths
from columns w
join pg_type d on d.oid = w.atttypid
join pg_type t on t.oid = coalesce(nullif(d.typbasetype, 0), d.oid)
left join lateral {statistics} s on w.own;
