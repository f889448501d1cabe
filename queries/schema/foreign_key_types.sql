/*
title: Foreign key whose types do not fit
kind: finding
about: constraint
why: |
  A referencing column that is narrower than the key fails once the key has grown past it. One of another
  type (numeric for integer, char for text) compares through a cast: slower, or without the index. Lengths
  and precisions are not compared, a domain is what it is over, and text and varchar are the same to
  PostgreSQL. A referencing column that is only wider holds all that the key does and is left out: a key is
  widened in that order.
says: "{pairs}"
fix: { advice: "give the referencing column the type of the key: ALTER TABLE … ALTER COLUMN … TYPE rewrites the table under ACCESS EXCLUSIVE; for a large one add a new column, fill it in batches and change over" }
evidence: catalog
columns:
  object: name
  pairs: text
*/
with mine as materialized (
  select f.oid, f.conrelid, f.confrelid, f.conkey, f.confkey, f.conname, n.nspname, c.relname
  from pg_constraint f
  join pg_class c on c.oid = f.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  -- Without what a partition has from its parent.
  where f.contype = 'f' and f.conparentid = 0
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), typed as materialized (
  -- Looked up one by one: a join would read all of pg_attribute twice.
  select m.oid, m.conrelid, m.confrelid, k.child, k.parent, k.at,
    (select a.atttypid from pg_attribute a where a.attrelid = m.conrelid and a.attnum = k.child) as child_type,
    (select a.atttypid from pg_attribute a where a.attrelid = m.confrelid and a.attnum = k.parent) as parent_type
  from mine m
  cross join lateral unnest(m.conkey, m.confkey) with ordinality as k (child, parent, at)
), pair as materialized (
  select k.oid, k.at, k.confrelid, k.child_type as atttypid, k.parent_type as key_type,
    (select a.attname from pg_attribute a where a.attrelid = k.conrelid and a.attnum = k.child) as attname,
    (select a.attname from pg_attribute a where a.attrelid = k.confrelid and a.attnum = k.parent) as key,
    (select coalesce(nullif(t.typbasetype, 0), t.oid) from pg_type t where t.oid = k.child_type) as base,
    (select coalesce(nullif(t.typbasetype, 0), t.oid) from pg_type t where t.oid = k.parent_type) as key_base
  from typed k
  where k.child_type <> k.parent_type
), misfit as (
  select p.oid,
    string_agg(
      format('%I is %s, %s.%s is %s', p.attname, format_type(p.atttypid, null), quote_ident(r.relname), quote_ident(p.key), format_type(p.key_type, null)),
      '; ' order by p.at
    ) as pairs
  from pair p
  join pg_class r on r.oid = p.confrelid
  where p.base <> p.key_base
    and not (p.base in ('text'::regtype, 'varchar'::regtype) and p.key_base in ('text'::regtype, 'varchar'::regtype))
    and not (p.base = 'int8'::regtype and p.key_base in ('int4'::regtype, 'int2'::regtype))
    and not (p.base = 'int4'::regtype and p.key_base = 'int2'::regtype)
  group by p.oid
)
select quote_ident(m.nspname) || '.' || quote_ident(m.relname) || '.' || quote_ident(m.conname) as object, x.pairs, p.population
from (select count(*) as population from mine) p
left join (mine m join misfit x on x.oid = m.oid) on true
order by object;
