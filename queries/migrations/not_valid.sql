/*
title: Constraint that was never validated
kind: finding
about: constraint
why: |
  NOT VALID adds a constraint without looking at the rows that are there; only new ones are held to it. That is half of a
  safe migration: until VALIDATE has run, old rows may break it, the planner may not rely on it, and nobody knows.
  Where VALIDATE fails, there are such rows, and they have to be mended first.

  A constraint that is NOT ENFORCED, which 18 knows, is left out: it has nothing to validate. One that a partition or a
  child table has from its parent is validated with the parent.
says: "{rule}, NOT VALID: rows from before it was added may break it"
fix: { sql: "ALTER {kind} {owner} VALIDATE CONSTRAINT {constraint};" }
fix_lock: SHARE UPDATE EXCLUSIVE on the table and, for a foreign key, ROW SHARE on its parent while all rows are read; reads and writes go on
evidence: catalog
columns:
  object: name
  kind: text
  owner: name
  constraint: name
  rule: text
*/
with pending as materialized (
  select con.oid, con.conname, con.conrelid, con.contypid, con.contype, con.conparentid, con.coninhcount
  from pg_constraint con
  where not con.convalidated and con.contype in ('c', 'f', 'n')
    -- From 18 on.
    and to_jsonb(con) ->> 'conenforced' is distinct from 'false'
), named as (
  select 'TABLE' as kind, n.nspname, c.relname as name, p.conname, p.contype
  from pending p
  join pg_class c on c.oid = p.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
    and p.conparentid not in (select oid from pending)
    and not (
      p.coninhcount > 0
      and exists (
        select from pg_inherits h join pending parent on parent.conrelid = h.inhparent
        where h.inhrelid = p.conrelid and parent.contype = p.contype and parent.conname = p.conname
      )
    )
  union all
  select 'DOMAIN', n.nspname, t.typname, p.conname, p.contype
  from pending p
  join pg_type t on t.oid = p.contypid
  join pg_namespace n on n.oid = t.typnamespace
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e'
    )
)
select
  quote_ident(n.nspname) || '.' || quote_ident(n.name) || '.' || quote_ident(n.conname) as object,
  n.kind,
  quote_ident(n.nspname) || '.' || quote_ident(n.name) as owner,
  quote_ident(n.conname) as "constraint",
  case n.contype when 'c' then 'check' when 'f' then 'foreign key' when 'n' then 'not null' end as rule
from named n
order by object;
