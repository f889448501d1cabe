/*
title: Index whose access method does not fit its column
kind: finding
about: index
severity: info
why: |
  A btree or hash index of a jsonb document, an array or a range finds rows by the whole value. What such columns are mostly
  asked, whether they contain, overlap or have a key, it cannot answer: that needs GIN, or GiST for ranges. A document is
  hardly ever compared as a whole; an array or a range may be, or rows sorted by it, hence those are an opinion only. Where
  nothing does, the old index can go when the new one is there.

  Left out are unique indexes, which are there to keep values apart, columns that come after another one, and columns
  that a GIN, GiST or other such index holds as well, also within an expression. Expressions such as a field of a
  document are plain values, and a btree fits them.
says: "{method} on {column}, of type {type}, finds whole values only, and no {wanted} index holds the column"
fix: { sql: "CREATE INDEX CONCURRENTLY ON {table} USING {wanted} ({column});" }
fix_lock: SHARE UPDATE EXCLUSIVE on the table; reads and writes go on; waits until older transactions have ended
evidence: catalog
population: population.whole_indexes
yields_to: [indexes/redundant, indexes/unused, indexes/invalid]
columns:
  object: name
  table: name
  column: name
  type: text
  method: text
  wanted: text
  document: flag
*/
with unfit as materialized (
  select array_agg(oc.oid) as opclasses
  from pg_opclass oc
  join pg_am am on am.oid = oc.opcmethod and am.amname in ('btree', 'hash')
  join pg_type y on y.oid = oc.opcintype
  -- Multiranges from 14 on.
  where y.oid in ('jsonb'::regtype, 'anyarray'::regtype) or y.typname in ('anyrange', 'anymultirange')
), found as materialized (
  select i.indexrelid, i.indrelid, a.attnum, a.attname, y.typname, case when y.typtype in ('r', 'm') then 'gist' else 'gin' end as wanted
  from unfit u
  join pg_index i on i.indclass[0] = any (u.opclasses)
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  join pg_type y on y.oid = a.atttypid
  where i.indisvalid and not i.indisunique and not i.indisexclusion
)
select
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object,
  quote_ident(tn.nspname) || '.' || quote_ident(t.relname) as "table",
  quote_ident(f.attname) as "column",
  regexp_replace(f.typname::text, '^_(.*)$', '\1[]') as type,
  m.amname::text as method,
  f.wanted,
  f.typname = 'jsonb' as document,
  case when c.relkind = 'I' then
    'CREATE INDEX … ON ONLY ' || quote_ident(tn.nspname) || '.' || quote_ident(t.relname) || ' USING ' || f.wanted || ' (' || quote_ident(f.attname)
    || '), then for each partition CREATE INDEX CONCURRENTLY and ALTER INDEX … ATTACH PARTITION'
  end as advice
from found f
join pg_class c on c.oid = f.indexrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_class t on t.oid = f.indrelid
join pg_namespace tn on tn.oid = t.relnamespace
join pg_am m on m.oid = c.relam
where not c.relispartition
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
  and not exists (
    select from pg_index i
    join pg_class ic on ic.oid = i.indexrelid
    join pg_am am on am.oid = ic.relam
    where i.indrelid = f.indrelid and am.amname not in ('btree', 'hash')
      and (f.attnum = any (i.indkey) or i.indexprs::text ~ (':varattno ' || f.attnum || ' '))
  )
order by object;
