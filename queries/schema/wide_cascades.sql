/*
title: DELETE that cascades far
kind: reading
about: table
why: |
  One DELETE on such a table deletes rows of all tables that ON DELETE CASCADE leads to, in one transaction: it takes
  as long as they are large, holds their locks, and one mistake empties them all. For whatever belongs to a customer or
  a project that is often what is meant, so that only one that is both wide and deep is more than a note. Told is where a cascade
  begins, not the tables on its way.
says: "a DELETE reaches {tables} tables, down to level {depth}: {reaches}"
fix: { advice: "see that rows are deleted in batches from the leaves up, or only marked as deleted; where history has to stay (invoices, logs of changes), make it ON DELETE RESTRICT" }
evidence: catalog
population: population.whole_tables
columns:
  object: name
  tables: count
  depth: count
  reaches: text
*/
with recursive cascade as materialized (
  select distinct f.confrelid as parent, f.conrelid as child
  from pg_constraint f
  where f.contype = 'f' and f.confdeltype = 'c' and f.conparentid = 0 and f.conrelid <> f.confrelid
), start as (
  select distinct c.parent
  from cascade c
), step (root, relid, depth) as (
  select c.parent, c.child, 1
  from cascade c
  union
  -- Deeper than any chain that somebody made on purpose: a circle ends there.
  select s.root, c.child, s.depth + 1
  from step s
  join cascade c on c.parent = s.relid and s.depth < 12
  where c.child <> s.root
), reached as materialized (
  -- A cascade arrives at a table by the shortest way first.
  select s.root, s.relid, min(s.depth) as depth
  from step s
  group by s.root, s.relid
), wide as (
  select r.root, count(*) as tables, max(r.depth)::int8 as depth
  from reached r
  group by r.root
  having count(*) >= 10 or max(r.depth) >= 5
)
select
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object,
  w.tables,
  w.depth,
  (
    select string_agg(x.name, ', ' order by x.name) filter (where x.place <= 10)
      || case when w.tables > 10 then format(' and %s more', w.tables - 10) else '' end
    from (
      select quote_ident(k.relname) as name, row_number() over (order by k.relname) as place
      from reached r
      join pg_class k on k.oid = r.relid
      where r.root = w.root
    ) x
  ) as reaches
from wide w
join pg_class c on c.oid = w.root
join pg_namespace n on n.oid = c.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
  and not exists (
    select from wide o
    join reached r on r.root = o.root and r.relid = w.root
    where not exists (select from reached back where back.root = w.root and back.relid = o.root)
  )
order by w.tables desc, object;
