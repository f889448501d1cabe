/*
title: Index that is written far more than it is read
kind: reading
about: index
severity: info
why: |
  Each row that is inserted, and each update that is not a heap-only one, is written to the index; against that stand the
  scans that it saved somebody. An index that serves one report a month may still be worth it, if that report has to be
  fast. One without any scan is listed as unused.

  Left out is what is left out there: whatever is needed without being scanned. Of a partitioned index the root is listed
  with the sums of its parts, also where they have no scan at all, since no part can be dropped alone. A standby counts its
  own scans: name each with --replica. From 16 on the time of the last scan is known.
says: "{size}, {scans} scans against {writes} row changes since the counters began; last scan here: {last_scan}"
fix: { advice: "find the statement that uses it with `pgaudit statements` on each server; where another index would do for it, {drop}" }
evidence: counters
needs: { counters: database, primary: true }
population: population.whole_indexes
yields_to: [indexes/redundant, indexes/unused, indexes/invalid]
columns:
  object: name
  table: name
  size: bytes
  scans: count
  writes: count
  writes_to_scans: times
  last_scan: text
  drop: text
*/
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
  'not known before 16' as last_scan,
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
