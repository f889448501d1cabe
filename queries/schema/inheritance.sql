/*
title: Table with children by inheritance
kind: finding
about: table
why: |
  A query on the parent reads its children as well, but its primary key, unique constraints and foreign keys do
  not hold for them. What was partitioned before PostgreSQL 10 looks like this; what extensions do for
  partitions of their own is theirs.
says: "{children} tables inherit from it; none of its keys holds for them"
fix: { advice: "for partitions, make a partitioned table and attach the children with ATTACH PARTITION; otherwise a table for each kind of row, and a view over them" }
severity: info
evidence: catalog
population: population.whole_tables
columns:
  object: name
  children: count
*/
with parent as materialized (
  select h.inhparent, count(*) as children
  from pg_inherits h
  join pg_class k on k.oid = h.inhrelid and k.relkind = 'r' and not k.relispartition
  where h.inhrelid <> h.inhparent
  group by h.inhparent
)
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object, p.children
from parent p
join pg_class c on c.oid = p.inhparent
join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
order by object;
