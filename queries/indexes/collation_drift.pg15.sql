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
  union all
  select k.oid, 'default of ' || quote_ident(d.datname), d.datcollversion, pg_database_collation_actual_version(d.oid),
         'ALTER DATABASE ' || quote_ident(d.datname) || ' REFRESH COLLATION VERSION'
  from used u
  join pg_collation k on k.oid = u.used and k.collprovider = 'd'
  join pg_database d on d.datname = current_database()
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
select d.object, d.recorded, d.actual, d.indexes, d.example, d.refresh
from drifted d
order by d.object;
