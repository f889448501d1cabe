/*
title: Large table that is read from end to end again and again
kind: reading
about: table
why: |
  A sequential scan of a large table reads all of it, however few rows are wanted. A few are reports and backups; many say
  that a frequent condition has no index. The counters do not tell which statement it is: look for one that reads this
  table among the heaviest statements.

  Small tables are rightly read as a whole and never listed, nor are scans that a LIMIT ends early. Of partitions the root
  is listed with the sums of its partitions.
says: "{scans} sequential scans read {rows_per_scan} rows each, of {size}; {index_scans} scans used an index"
fix: { advice: "find the statement with `pgaudit statements`, and index what its condition compares; where it is a report or a dump, nothing is wrong" }
evidence: counters
needs: { counters: database, primary: true }
population: population.tables
columns:
  object: name
  scans: count
  rows_per_scan: number
  rows_read: count
  index_scans: count
  size: bytes
*/
with scanned as materialized (
  select c.oid, c.relispartition, c.relpages, c.relnamespace, c.relname,
         pg_stat_get_numscans(c.oid) as scans, pg_stat_get_tuples_returned(c.oid) as rows_read
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm')
    -- Smaller ones could never be a finding, and asking the counters of every table would cost.
    and (c.relpages >= 128 or c.relispartition)
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), rooted as (
  select case when s.relispartition then pg_partition_root(s.oid)::oid else s.oid end as root, s.*
  from scanned s
  where s.scans > 0
), summed as (
  select r.root, sum(r.scans)::int8 as scans, sum(r.rows_read)::int8 as rows_read,
         sum(r.relpages)::int8 * current_setting('block_size')::int8 as size,
         sum((select coalesce(sum(pg_stat_get_numscans(i.indexrelid)), 0) from pg_index i where i.indrelid = r.oid))::int8 as index_scans
  from rooted r
  group by r.root
  having sum(r.scans) > 10 and sum(r.rows_read) > 10000
)
select
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object,
  s.scans,
  s.rows_read / s.scans::float8 as rows_per_scan,
  s.rows_read,
  s.index_scans,
  s.size
from summed s
join pg_class c on c.oid = s.root
join pg_namespace n on n.oid = c.relnamespace
order by s.rows_read desc, object;
