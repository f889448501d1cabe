/*
title: Column for searches without an index that searches it
kind: finding
about: column
why: |
  A `tsvector` is stored to be searched, a geometry to be found by place. A btree serves neither; without GIN or GiST each
  search reads the whole table and computes on each row. Any index that holds the column, also within an expression or for
  part of the rows, counts as one. Of partitions the root is reported.
says: "{type}, and no {wanted} index holds it: each search reads the whole table"
fix: { sql: "CREATE INDEX CONCURRENTLY ON {table} USING {method} ({column});" }
fix_lock: SHARE UPDATE EXCLUSIVE on the table; reads and writes go on; waits until older transactions have ended
evidence: catalog
columns:
  object: name
  table: name
  column: name
  type: text
  wanted: text
  method: text
*/
with searched as materialized (
  select y.oid, y.typname, case when y.typname = 'tsvector' then 'gin' else 'gist' end as method
  from pg_type y
  where y.oid = 'tsvector'::regtype
    or y.typname in ('geometry', 'geography')
      and exists (
        select from pg_depend d join pg_extension x on x.oid = d.refobjid
        where d.classid = 'pg_type'::regclass and d.objid = y.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
          and x.extname = 'postgis'
      )
), found as materialized (
  select c.oid, c.relkind, c.relname, n.nspname, a.attname, a.attnum, y.typname, y.method
  from searched y
  join pg_attribute a on a.atttypid = y.oid and a.attnum > 0 and not a.attisdropped
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and not c.relispartition
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
)
select
  quote_ident(f.nspname) || '.' || quote_ident(f.relname) || '.' || quote_ident(f.attname) as object,
  quote_ident(f.nspname) || '.' || quote_ident(f.relname) as "table",
  quote_ident(f.attname) as "column",
  f.typname::text as type,
  case f.method when 'gin' then 'GIN or GiST' else 'GiST' end as wanted,
  f.method,
  case when f.relkind = 'p' then
    'CREATE INDEX … ON ONLY ' || quote_ident(f.nspname) || '.' || quote_ident(f.relname) || ' USING ' || f.method || ' (' || quote_ident(f.attname)
    || '), then for each partition CREATE INDEX CONCURRENTLY and ALTER INDEX … ATTACH PARTITION'
  end as advice
from found f
where not exists (
  select from pg_index i
  join pg_class ic on ic.oid = i.indexrelid
  join pg_am am on am.oid = ic.relam
  where i.indrelid = f.oid and am.amname not in ('btree', 'hash')
    and (f.attnum = any (i.indkey) or i.indexprs::text ~ (':varattno ' || f.attnum || ' '))
)
order by object;
