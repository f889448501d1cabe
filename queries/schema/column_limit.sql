/*
title: Table near the limit of 1600 columns
kind: reading
about: table
why: |
  A table can have 1600 columns in its life: a column that is dropped keeps its number until the table is made
  anew. A migration that adds and drops columns again and again ends with an error that only a copy of the table
  mends. Tables that used a quarter of the numbers are listed.
says: "{numbers} of 1600 column numbers used, {dropped} of them by dropped columns"
fix: { advice: "split the table, or keep sets of optional values in jsonb; dropped columns go only with a new table: CREATE TABLE … (LIKE …), copy, swap the names" }
evidence: catalog
population: population.tables
columns:
  object: name
  numbers: count
  dropped: count
  used: ratio
*/
with wide as materialized (
  select c.oid, c.relnatts::int8 as numbers, n.nspname, c.relname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and c.relnatts >= 400
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
)
select
  quote_ident(w.nspname) || '.' || quote_ident(w.relname) as object,
  w.numbers,
  (select count(*) from pg_attribute a where a.attrelid = w.oid and a.attnum > 0 and a.attisdropped) as dropped,
  w.numbers / 1600::float8 as used
from wide w
order by w.numbers desc, object;
