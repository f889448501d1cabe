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
  select 'default of ' || quote_ident(d.datname), r.indexes, r.example, d.datcollversion, pg_database_collation_actual_version(d.oid),
         'ALTER DATABASE ' || quote_ident(d.datname) || ' REFRESH COLLATION VERSION'
  from rested r
  join pg_collation k on k.oid = r.used and k.collprovider = 'd'
  join pg_database d on d.datname = current_database()
)
select v.object, v.recorded, v.actual, v.indexes, v.example, v.refresh
from version v
where v.recorded <> v.actual
order by v.object;
