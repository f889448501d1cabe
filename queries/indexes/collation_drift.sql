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
  select u.used, quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
  from pg_index i
  cross join lateral unnest(i.indcollation::oid[]) as u (used)
  join pg_class c on c.oid = i.indexrelid
  join pg_namespace n on n.oid = c.relnamespace
  where u.used not in (0, 'pg_catalog."C"'::regcollation, 'pg_catalog."POSIX"'::regcollation) and c.relkind = 'i'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), rested as materialized (
  select u.used, count(distinct u.name) as indexes, min(u.name) as example
  from used u
  group by u.used
), version as (
  select quote_ident(kn.nspname) || '.' || quote_ident(k.collname) as object, r.indexes, r.example,
         k.collversion as recorded, pg_collation_actual_version(k.oid) as actual,
         'ALTER COLLATION ' || quote_ident(kn.nspname) || '.' || quote_ident(k.collname) || ' REFRESH VERSION' as refresh
  from rested r
  join pg_collation k on k.oid = r.used
  join pg_namespace kn on kn.oid = k.collnamespace
  where k.collprovider <> 'd'
  union all
  select 'default of ' || quote_ident(d.datname), r.indexes, r.example, null, null,
         'ALTER DATABASE ' || quote_ident(d.datname) || ' REFRESH COLLATION VERSION'
  from rested r
  join pg_collation k on k.oid = r.used and k.collprovider = 'd'
  join pg_database d on d.datname = current_database()
  where d.datcollate not in ('C', 'POSIX')
)
select v.object, v.recorded, v.actual, v.indexes, v.example, v.refresh,
  case when v.object like 'default of %' then 'before 15 the version of the default collation is not recorded' end as unknown,
  case when v.object like 'default of %' then 'compare the version of the operating system''s C library with that under which the indexes were built' end as remedy
from version v
where v.recorded <> v.actual or v.object like 'default of %'
order by v.object;
