/*
title: Collation whose version changed below its indexes
kind: finding
about: collation
severity: critical
why: |
  An upgrade of the operating system or of ICU may change how strings sort. Indexes that were built before then are in an
  order that PostgreSQL no longer expects: lookups miss rows that are there, and unique indexes let in duplicates, without
  any error. Rebuild the indexes first and refresh the version last: the other way round hides what is wrong.

  Before 15 the version of a database's default collation is not recorded.
says: "recorded as version {recorded}, the library has {actual}; {indexes} indexes rest on it, {example} among them"
fix: { advice: "REINDEX INDEX CONCURRENTLY each of the indexes (unique ones may need duplicates removed first), and {refresh} only after the last" }
evidence: settings
columns:
  object: name
  recorded: text
  actual: text
  indexes: count
  example: text
  refresh: text
*/
with used as materialized (
  select distinct u.used
  from (select distinct i.indcollation::oid[] as collations from pg_index i where i.indexrelid >= 16384) d
  cross join lateral unnest(d.collations) as u (used)
  where u.used not in (0, 'pg_catalog."C"'::regcollation, 'pg_catalog."POSIX"'::regcollation)
), version as (
  select k.oid, quote_ident(kn.nspname) || '.' || quote_ident(k.collname) as object,
         k.collversion as recorded, pg_collation_actual_version(k.oid) as actual,
         'ALTER COLLATION ' || quote_ident(kn.nspname) || '.' || quote_ident(k.collname) || ' REFRESH VERSION' as refresh
  from used u
  join pg_collation k on k.oid = u.used
  join pg_namespace kn on kn.oid = k.collnamespace
  where k.collprovider <> 'd'
), drifted as (
  select v.*, r.indexes, r.example
  from version v
  cross join lateral (
    select count(*) as indexes, min(quote_ident(n.nspname) || '.' || quote_ident(c.relname)) as example
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_namespace n on n.oid = c.relnamespace
    where v.oid = any (i.indcollation) and c.relkind = 'i'
      and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (
        select from pg_depend d
        where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
      )
  ) r
  where v.recorded <> v.actual and r.indexes > 0
)
select d.object, d.recorded, d.actual, d.indexes, d.example, d.refresh, null as unknown, null as remedy
from drifted d
union all
select
  'default of ' || quote_ident(d.datname), null, null, null, null, null,
  'before 15 the version of the default collation is not recorded',
  'compare the version of the operating system''s C library with that under which the indexes were built'
from used u
join pg_collation k on k.oid = u.used and k.collprovider = 'd'
join pg_database d on d.datname = current_database() and d.datcollate not in ('C', 'POSIX')
order by object;
