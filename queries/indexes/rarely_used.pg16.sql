with large as materialized (
  select c.oid, c.relpages, c.relispartition
  from pg_class c
  -- Smaller ones are never worth it, and asking the counters of every index would cost.
  where c.relkind = 'i' and c.relpages >= 128
), scanned as materialized (
  select case when l.relispartition then pg_partition_root(l.oid)::oid else l.oid end as root,
    l.relpages, l.oid, i.indrelid
  from large l
  join pg_index i on i.indexrelid = l.oid
  where i.indisvalid and not (i.indisunique or i.indisexclusion or i.indisclustered or i.indisreplident) and i.indexprs is null
), summed as (
  select s.root, sum(s.relpages)::int8 * current_setting('block_size')::int8 as size,
    sum(pg_stat_get_numscans(s.oid))::int8 as scans,
    max(pg_stat_get_lastscan(s.oid)) as last_scan,
    sum(
      pg_stat_get_tuples_inserted(s.indrelid) + pg_stat_get_tuples_updated(s.indrelid) - pg_stat_get_tuples_hot_updated(s.indrelid)
    )::int8 as writes
  from scanned s
  group by s.root
)
select
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object,
  quote_ident(tn.nspname) || '.' || quote_ident(t.relname) as "table",
  s.size,
  s.scans,
  s.writes,
  s.writes / greatest(s.scans, 1)::float8 as writes_to_scans,
  coalesce(to_char(s.last_scan, 'YYYY-MM-DD'), 'none') as last_scan,
  case when c.relkind = 'I' then 'DROP INDEX ' else 'DROP INDEX CONCURRENTLY ' end
    || quote_ident(n.nspname) || '.' || quote_ident(c.relname) as "drop",
  case when current_setting('track_commit_timestamp') = 'on' then
    extract(epoch from now() - pg_xact_commit_timestamp(c.xmin))::float8
  end as age
from summed s
join pg_class c on c.oid = s.root
join pg_namespace n on n.oid = c.relnamespace
join pg_index i on i.indexrelid = c.oid
join pg_class t on t.oid = i.indrelid
join pg_namespace tn on tn.oid = t.relnamespace
where (s.scans > 0 or c.relkind = 'I') and s.writes >= 1000 * s.scans
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
  and not exists (
    -- Its first columns, in any order, are those of a foreign key: without it each DELETE on the parent scans this table.
    select from pg_constraint f
    where f.conrelid = i.indrelid and f.contype = 'f'
      and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
  )
order by s.writes desc, object;
