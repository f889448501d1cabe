/*
title: Partitioned table with very many partitions
kind: reading
about: table
why: |
  Planning takes time and memory for each partition that cannot be ruled out, and a statement that reaches all
  of them locks each with each of its indexes: the server's lock table has room for max_locks_per_transaction
  of them per session. Counted are the direct partitions of a table.
says: "{partitions} partitions"
fix: { advice: "make partitions longer, detach and drop what is past its time, and let queries name the partition key" }
evidence: catalog
columns:
  object: name
  partitions: count
*/
with counted as materialized (
  select h.inhparent, count(*) as partitions
  from pg_inherits h
  group by h.inhparent
), mine as (
  select n.nspname, c.relname, k.partitions
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join counted k on k.inhparent = c.oid
  where c.relkind = 'p'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
)
select quote_ident(m.nspname) || '.' || quote_ident(m.relname) as object, m.partitions, p.population
from (select count(*) as population from mine) p
left join mine m on m.partitions >= 100
order by m.partitions desc, object;
