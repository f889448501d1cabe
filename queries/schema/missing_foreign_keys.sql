/*
title: Column that looks like a foreign key
kind: finding
about: table
why: |
  A column named after a table of the same schema, with the type of its key, and nothing that keeps it from
  naming a row that does not exist. It may be meant so: a reference across a sharded table, an archive that
  outlives its parents. Left out are pairs with a type (commentable_id with commentable_type), columns of a
  foreign key of any kind and those that are the key.
says: "{list}"
fix: { advice: "delete or mend the orphans, ADD FOREIGN KEY … NOT VALID, then VALIDATE CONSTRAINT; index the column first" }
severity: info
evidence: catalog
population: population.whole_tables
columns:
  object: name
  columns: count
  list: text
*/
with mine as materialized (
  select c.oid, c.relnamespace, n.nspname, c.relname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), parent as (
  select m.relnamespace, m.oid, m.relname, a.atttypid,
    -- What a name can be the plural of.
    unnest(array[
      s.name,
      case when right(s.name, 1) = 's' then left(s.name, -1) end,
      case when right(s.name, 2) = 'es' then left(s.name, -2) end,
      case when right(s.name, 3) = 'ies' then left(s.name, -3) || 'y' end
    ]) as singular
  from mine m
  join pg_constraint k on k.conrelid = m.oid and k.contype = 'p' and cardinality(k.conkey) = 1
  join pg_attribute a on a.attrelid = m.oid and a.attnum = k.conkey[1]
  cross join lateral (select replace(lower(m.relname), '_', '') as name) s
), child as materialized (
  select m.oid, m.relnamespace, m.nspname, m.relname, a.attnum, a.attname, a.atttypid,
    left(lower(replace(a.attname, '_', '')), -2) as singular
  from pg_attribute a
  join mine m on m.oid = a.attrelid
  where a.attnum > 0 and not a.attisdropped
    and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'uuid'::regtype)
    and (a.attname like '%\_id' or a.attname like '%Id' or a.attname like '%ID')
    and not exists (
      select from pg_constraint k
      where k.conrelid = a.attrelid and (k.contype = 'f' and a.attnum = any (k.conkey) or k.contype = 'p' and k.conkey = array[a.attnum])
    )
    and not exists (
      select from pg_attribute t
      where t.attrelid = a.attrelid and not t.attisdropped and t.attname = regexp_replace(a.attname, '(_i|I)[dD]$', case when a.attname like '%\_id' then '_type' else 'Type' end)
    )
), pair as (
  select distinct on (c.oid, c.attnum) c.*, p.relname as of
  from child c
  join parent p on p.relnamespace = c.relnamespace and p.singular = c.singular and p.atttypid = c.atttypid and p.oid <> c.oid
  order by c.oid, c.attnum, p.relname
)
select
  quote_ident(p.nspname) || '.' || quote_ident(p.relname) as object,
  count(*) as columns,
  string_agg(format('%I may refer to %I', p.attname, p.of), ', ' order by p.attnum) as list
from pair p
group by p.nspname, p.relname
order by object;
