/*
title: Index on a column of very few values alone
kind: finding
about: index
severity: info
why: |
  A boolean, or an enum of a few labels, splits the table into a few large parts, and for a large part a sequential scan is
  cheaper. Such an index serves only where one value is rare: then an index on another column with `WHERE` that value is
  smaller and serves more. Where the rare value is what is asked for, this one does its work, hence it costs nothing here.

  What counts is the type alone, not the data. Unique and partial indexes, indexes with further columns and the parts of a
  partitioned index are left out.
says: "its only column is {column}, with {values} possible values"
fix: { advice: "where a rare value is asked for, replace it by a partial index: CREATE INDEX CONCURRENTLY … WHERE {column} = …; where none is, drop it" }
evidence: catalog
population: population.whole_indexes
yields_to: [indexes/redundant, indexes/unused, indexes/invalid]
columns:
  object: name
  table: name
  column: name
  values: count
*/
with coarse as materialized (
  select array_agg(oc.oid) as opclasses from pg_opclass oc where oc.opcintype in ('bool'::regtype, 'anyenum'::regtype)
)
select
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object,
  quote_ident(tn.nspname) || '.' || quote_ident(t.relname) as "table",
  quote_ident(a.attname) as "column",
  k.labels as "values"
from coarse
join pg_index i on i.indclass[0] = any (coarse.opclasses)
join pg_class c on c.oid = i.indexrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_class t on t.oid = i.indrelid
join pg_namespace tn on tn.oid = t.relnamespace
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
join (
  select y.oid, 2::int8 as labels from pg_type y where y.oid = 'bool'::regtype
  union all
  select e.enumtypid, count(*) from pg_enum e group by e.enumtypid
) k on k.oid = a.atttypid
where i.indnatts = 1 and i.indpred is null and i.indexprs is null and not i.indisunique
  and k.labels <= 10 and c.relkind in ('i', 'I') and not c.relispartition
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
order by object;
