/*
title: Bytes lost to the order of columns
kind: reading
about: table
why: |
  Each value begins at a multiple of its alignment: a boolean before a bigint is followed by seven empty bytes, in every
  row. Columns in the order of their alignment, 8 bytes first and those of variable length last, lose nothing. It is worth a
  rewrite only for a large table that is rewritten anyhow. Counted are the gaps before columns of fixed length that follow
  others of fixed length, where all of them are NOT NULL: what else is lost depends on the rows.
says: "{padding} bytes in each of {rows} rows, {bytes} of {size}"
fix: { advice: "when the table is rewritten next, make it anew with its columns in the order: 8 bytes (bigint, timestamptz, float8), 4 bytes (integer, date, real), 2 bytes, boolean, then text, numeric and jsonb" }
evidence: planner
population: population.tables
columns:
  object: name
  padding: bytes
  rows: count
  bytes: bytes
  size: bytes
*/
with recursive large as materialized (
  select c.oid, c.relpages, c.reltuples, n.nspname, c.relname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and not c.relispartition
    and (
      c.relpages * current_setting('block_size')::int8 >= 134217728 and c.reltuples > 0
      -- Filled, and never counted.
      or c.relpages = 0 and pg_stat_get_tuples_inserted(c.oid) >= 1000000
    )
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), fixed as materialized (
  -- Up to the first column whose place or length is not the same in each row.
  select l.oid, a.attlen::int8 as length, row_number() over (partition by l.oid order by a.attnum) as at,
    case a.attalign when 'c' then 1 when 's' then 2 when 'i' then 4 else 8 end as align
  from large l
  join pg_attribute a on a.attrelid = l.oid and a.attnum > 0
  where a.attnum < all (
    select v.attnum from pg_attribute v
    where v.attrelid = l.oid and v.attnum > 0 and (v.attlen < 0 or v.attisdropped or not v.attnotnull)
  )
), laid (oid, at, "end", padding) as (
  select f.oid, f.at, f.length, 0::int8
  from fixed f
  where f.at = 1
  union all
  select f.oid, f.at, b."begin" + f.length, l.padding + b."begin" - l."end"
  from laid l
  join fixed f on f.oid = l.oid and f.at = l.at + 1
  cross join lateral (select (l."end" + f.align - 1) / f.align * f.align as "begin") b
), wasted as (
  -- The rows themselves begin and end at a multiple of eight.
  select l.oid, max(l.padding) / 8 * 8 as padding
  from laid l
  group by l.oid
)
select
  quote_ident(l.nspname) || '.' || quote_ident(l.relname) as object,
  w.padding,
  k.rows,
  (w.padding * k.rows)::int8 as bytes,
  case when k.rows is not null then l.relpages * current_setting('block_size')::int8 end as size,
  case when k.rows is null then 'it was filled, and nothing has counted its rows since' end as unknown,
  case when k.rows is null then 'ANALYZE ' || quote_ident(l.nspname) || '.' || quote_ident(l.relname) || ';' end as remedy
from large l
join wasted w on w.oid = l.oid and w.padding > 0
cross join lateral (select case when l.relpages > 0 then l.reltuples::int8 end as rows) k
order by bytes desc, object;
