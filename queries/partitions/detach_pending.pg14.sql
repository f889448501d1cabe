with pending as materialized (
  select h.inhrelid, h.inhparent
  from pg_inherits h
  where h.inhdetachpending
), found as (
  select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object, quote_ident(pn.nspname) || '.' || quote_ident(p.relname) as parent
  from pending h
  join pg_class c on c.oid = h.inhrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_class p on p.oid = h.inhparent
  join pg_namespace pn on pn.oid = p.relnamespace
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
)
select f.object, f.parent, p.population
from (select count(*) as population from pg_partitioned_table) p
left join found f on true
order by object;
