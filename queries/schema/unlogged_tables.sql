/*
title: Unlogged table
kind: finding
about: table
why: |
  Its rows are gone after a crash and are on no standby and in no base backup that is restored. For what can be
  loaded again that is what it is for; everything else has to be LOGGED. Its partitions are told one by one,
  since each of them has its own persistence.
says: it is empty after a crash, and on each standby
fix: { advice: "if its rows matter, ALTER TABLE … SET LOGGED, which rewrites the table under ACCESS EXCLUSIVE" }
severity: info
evidence: catalog
population: population.tables
columns:
  object: name
*/
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence = 'u'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
order by object;
