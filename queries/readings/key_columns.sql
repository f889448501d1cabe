/*
title: Key columns of indexes with their statistics
kind: shared
why: |
  What the first column of an index holds says what the index can do: how many values it has, how many are NULL, and whether
  they stand in the order of the rows. An index below a megabyte is never worth a change; an expression matters in any
  index, for without statistics the planner guesses. Parts of partitioned indexes are left out: no part can be changed alone.

  A flag says for which check a row is, and is NULL where it is for another one.
evidence: planner
columns:
  object: name
  relation: oid
  table: name
  column: name
  size: bytes
  nulls: ratio
  values: number
  top: ratio
  correlation: ratio
  inserted: count
  changed: count
  changed_to_inserted: ratio
  rows: number
  few: flag
  empty: flag
  ordered: flag
  unsampled: flag
*/
with large as materialized (
  select c.oid from pg_class c where c.relkind = 'i' and c.relpages >= 128
), key as materialized (
  select i.indexrelid, 1 as position, i.indkey[0] as attnum
  from large l
  join pg_index i on i.indexrelid = l.oid
  where i.indisvalid
  union
  select i.indexrelid, k.position::int, 0
  from pg_index i
  cross join lateral unnest(i.indkey::int2[]) with ordinality as k (attnum, position)
  where i.indexprs is not null and i.indisvalid and k.attnum = 0
), named as materialized (
  select c.oid, n.nspname, c.relname, c.relpages, tn.nspname as table_schema, t.relname as table_name, t.oid as table_oid, t.reltuples,
    k.position, k.attnum, i.indisunique, i.indpred is null as whole, i.indnatts = 1 as alone, m.amname,
    case when k.attnum = 0 then c.oid else t.oid end as relation,
    case when k.attnum = 0 then k.position::int2 else k.attnum end as number,
    exists (select from pg_constraint con where con.conrelid = t.oid and con.conindid = c.oid and con.contype in ('p', 'u', 'x')) as constrained,
    exists (
      select from pg_constraint f
      where f.conrelid = t.oid and f.contype = 'f' and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
    ) as serves
  from key k
  join pg_index i on i.indexrelid = k.indexrelid
  join pg_class c on c.oid = i.indexrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_am m on m.oid = c.relam
  join pg_class t on t.oid = i.indrelid and t.relkind in ('r', 'm')
  join pg_namespace tn on tn.oid = t.relnamespace
  where not c.relispartition
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), told as (
  select k.*, a.attname, a.attnotnull, a.attstattarget is distinct from 0 as sampled, s.readable, s.null_frac, s.correlation,
    case when s.n_distinct < 0 then -s.n_distinct * greatest(k.reltuples, 0) else s.n_distinct end as values,
    (s.frequencies::float4[])[1] as top,
    -- An index whose expressions lack statistics is one finding, however many they are.
    row_number() over (partition by k.oid, k.attnum = 0 order by s.null_frac is not null, k.position) = 1 as first
  from named k
  join pg_attribute a on a.attrelid = k.relation and a.attnum = k.number
  left join lateral {statistics} s on true
)
select
  quote_ident(t.nspname) || '.' || quote_ident(t.relname) as object,
  t.oid as relation,
  quote_ident(t.table_schema) || '.' || quote_ident(t.table_name) as "table",
  case when t.attnum = 0 then 'its expression' else quote_ident(t.attname) end as "column",
  t.relpages * current_setting('block_size')::int8 as size,
  t.null_frac::float8 as nulls,
  t.values::float8 as "values",
  t.top::float8 as top,
  abs(t.correlation)::float8 as correlation,
  pg_stat_get_tuples_inserted(t.table_oid) as inserted,
  pg_stat_get_tuples_updated(t.table_oid) + pg_stat_get_tuples_deleted(t.table_oid) as changed,
  (pg_stat_get_tuples_updated(t.table_oid) + pg_stat_get_tuples_deleted(t.table_oid))
    / nullif(pg_stat_get_tuples_inserted(t.table_oid), 0)::float8 as changed_to_inserted,
  case when t.reltuples >= 0 then t.reltuples::float8 end as rows,
  case when p.large and p.replaceable and t.alone and t.whole and t.amname in ('btree', 'hash') then p.known and t.values <= 100 end as few,
  case when p.large and not t.constrained and not t.attnotnull and t.whole then p.known and t.null_frac >= 0.5 end as empty,
  case when p.large and p.replaceable and t.alone and t.whole and t.attnum <> 0 and t.amname = 'btree' then p.known and abs(t.correlation) >= 0.9 end as ordered,
  case when t.attnum = 0 and t.first and t.reltuples >= 1000 then t.readable and t.sampled and not p.known end as unsampled,
  case
    when p.known then null
    when not t.readable then 'this role does not see its column statistics'
    when not t.sampled then 'its first column is kept out of the statistics'
    when t.attnum = 0 then 'its expression was not analyzed since it was built'
    else 'it has never been analyzed'
  end as unknown,
  case
    when p.known then null
    when not t.readable then 'let a superuser run what `pgaudit doctor --sql` prints'
    when not t.sampled then 'ALTER TABLE … ALTER … SET STATISTICS -1, then ANALYZE ' || quote_ident(t.table_schema) || '.' || quote_ident(t.table_name) || ';'
    else 'ANALYZE ' || quote_ident(t.table_schema) || '.' || quote_ident(t.table_name) || ';'
  end as remedy
from told t
cross join lateral (
  select t.null_frac is not null as known, t.position = 1 and t.relpages >= 128 as large,
    not t.indisunique and not t.constrained and not t.serves as replaceable
) p;
