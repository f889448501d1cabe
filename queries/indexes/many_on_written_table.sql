/*
title: Many indexes on a table that is written more than read
kind: reading
about: table
why: |
  Each inserted row, and each update that is not a heap-only one, is written to every index. Many indexes are right where a
  table is mostly read; where it is mostly written they slow each write, and the more so the log and the standbys.
  What none of them saves anybody is listed as unused or redundant; this only says where to look.
says: "{indexes} indexes; {writes} row changes against {scans} scans"
fix: { advice: "see which of its indexes are scanned (`pgaudit indexes`), and whether several can become one" }
evidence: counters
needs: { counters: database, primary: true }
columns:
  object: name
  indexes: count
  writes: count
  scans: count
  writes_to_scans: times
*/
with many as materialized (
  select i.indrelid, count(*) as indexes
  from pg_index i
  group by i.indrelid
  having count(*) > 8
), counted as (
  select n.nspname, c.relname, m.indexes,
    pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid) - pg_stat_get_tuples_hot_updated(c.oid) as writes,
    pg_stat_get_numscans(c.oid) + (select sum(pg_stat_get_numscans(i.indexrelid)) from pg_index i where i.indrelid = c.oid)::int8 as scans
  from many m
  join pg_class c on c.oid = m.indrelid
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
)
select
  quote_ident(c.nspname) || '.' || quote_ident(c.relname) as object,
  c.indexes,
  c.writes,
  c.scans,
  c.writes / greatest(c.scans, 1)::float8 as writes_to_scans
from counted c
order by c.writes desc, object;
