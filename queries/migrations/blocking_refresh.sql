/*
title: Materialized view that blocks its readers on refresh
kind: finding
about: materialized view
severity: info
why: |
  REFRESH MATERIALIZED VIEW keeps everybody from reading the view until its query is done. REFRESH … CONCURRENTLY does not,
  and needs a unique index over plain columns without a predicate to tell rows apart. A view that is refreshed at night, or
  in a moment, does without. One that holds no data cannot be refreshed concurrently either and is reported as a leftover.
says: "no unique index that REFRESH … CONCURRENTLY can use: each refresh keeps its readers waiting"
fix: { advice: "CREATE UNIQUE INDEX CONCURRENTLY on the columns that tell its rows apart, then REFRESH MATERIALIZED VIEW CONCURRENTLY" }
evidence: catalog
yields_to: [migrations/leftovers]
columns:
  object: name
*/
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'm' and c.relispopulated
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
  and not exists (
    select from pg_index i
    where i.indrelid = c.oid and i.indisunique and i.indimmediate and i.indisvalid and i.indpred is null and i.indexprs is null
  )
order by object;
