/*
title: Table whose indexes are larger than itself
kind: reading
about: table
severity: info
why: |
  Every row is written to each index, the cache holds them beside the rows, and vacuum reads them all. Where they outgrow
  the rows, some are too many, too wide or bloated. A narrow table that links two others is smaller than its indexes by
  nature: this only says where to look.

  Counted are indexes of a megabyte and more, against the rows with their TOAST table, as the last vacuum or analyze saw
  them. Of partitions the root is listed with the sums of its partitions.
says: "{indexes} of indexes for {size} of rows: {to_table} as much"
fix: { advice: "see which of its indexes nothing scans (`pgaudit indexes`), which are bloated (`pgaudit bloat`), and whether one could hold fewer columns" }
evidence: planner
population: population.tables
columns:
  object: name
  indexes: bytes
  size: bytes
  to_table: times
*/
with counted as materialized (
  select c.oid, c.relkind, c.relpages
  from pg_class c
  where c.relkind = 'i' and c.relpages >= 128 or c.relkind in ('r', 'm') and c.relpages = 0 and c.relhasindex
), indexed as materialized (
  select i.indrelid, sum(k.relpages)::int8 as pages
  from counted k
  join pg_index i on i.indexrelid = k.oid
  group by i.indrelid
  union all
  -- No page was counted, and neither were those of its indexes: how large they are is not known.
  select k.oid, null
  from counted k
  where k.relkind <> 'i' and pg_stat_get_tuples_inserted(k.oid) >= 100000
), judged as (
  select case when t.relispartition then pg_partition_root(t.oid)::oid else t.oid end as root,
    x.pages, t.relpages::int8 as own, toast.relpages::int8 as toast
  from indexed x
  join pg_class t on t.oid = x.indrelid and t.relkind in ('r', 'm')
  left join pg_class toast on toast.oid = t.reltoastrelid
), summed as (
  select j.root, sum(j.pages) * current_setting('block_size')::int8 as indexes,
    case when bool_and(j.own > 0 and j.pages is not null) then sum(j.own + coalesce(j.toast, 0)) * current_setting('block_size')::int8 end as size
  from judged j
  group by j.root
)
select
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object,
  s.indexes::int8 as indexes,
  s.size::int8 as size,
  (s.indexes / s.size)::float8 as to_table,
  case when s.size is null then 'how large it is was never written down' end as unknown,
  case when s.size is null then 'VACUUM (ANALYZE) ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ';' end as remedy
from summed s
join pg_class c on c.oid = s.root
join pg_namespace n on n.oid = c.relnamespace
where (s.size is null or s.indexes > s.size)
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
order by s.indexes desc, object;
