/*
title: Foreign key that another one repeats
kind: finding
about: constraint
why: |
  Two foreign keys with the same columns to the same table: each INSERT and UPDATE is checked twice, each
  DELETE on the parent as well. The validated one stays, then the one that comes first by name. Where their
  actions differ, both run, and somebody has to decide which was meant.
says: "{kept} does the same; each write is checked twice"
fix: { sql: "ALTER TABLE {table} DROP CONSTRAINT {name};" }
fix_lock: ACCESS EXCLUSIVE on both tables, for a moment
evidence: catalog
columns:
  object: name
  table: name
  name: name
  kept: name
*/
with mine as materialized (
  select f.oid, f.conrelid, f.confrelid, f.conname, n.nspname, c.relname, f.convalidated,
    f.confdeltype, f.confupdtype, f.confmatchtype, f.condeferrable, f.condeferred, f.conkey, f.confkey,
    count(*) over (partition by f.conrelid, f.confrelid, cardinality(f.conkey)) as alike
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
), keyed as (
  select m.*, k.columns
  from mine m
  cross join lateral (
    select array_agg(u.child || ':' || u.parent order by u.child, u.parent) as columns
    from unnest(m.conkey, m.confkey) as u (child, parent)
  ) k
  where m.alike > 1
), ranked as (
  select k.*,
    row_number() over same as place,
    first_value(conname) over same as kept,
    first_value(array[confdeltype, confupdtype, confmatchtype]::text || condeferrable || condeferred) over same as wanted
  from keyed k
  window same as (partition by conrelid, confrelid, columns order by convalidated desc, conname)
)
select
  quote_ident(r.nspname) || '.' || quote_ident(r.relname) || '.' || quote_ident(r.conname) as object,
  quote_ident(r.nspname) || '.' || quote_ident(r.relname) as "table",
  quote_ident(r.conname) as name,
  quote_ident(r.kept) as kept,
  case when r.wanted <> array[r.confdeltype, r.confupdtype, r.confmatchtype]::text || r.condeferrable || r.condeferred then
    format('it acts otherwise than %I (ON DELETE, ON UPDATE, MATCH or DEFERRABLE): decide which of them is meant and drop the other', r.kept)
  end as advice,
  p.population
from (select count(*) as population from mine) p
left join ranked r on r.place > 1
order by object;
