/*
title: Trigger that is disabled
kind: finding
about: trigger
why: |
  Somebody switched it off for a load or a migration and did not switch it on again: what it maintains is no
  longer maintained, silently. A disabled trigger of a constraint, of a foreign key most often, means that rows
  may already break it, which nothing checks when the trigger is enabled again: all such triggers of a table are
  one finding. A trigger that only fires on a replica was meant so and is left out.
says: "{what} of {table}"
fix: { sql: "{statement};" }
fix_lock: SHARE ROW EXCLUSIVE on the table for a moment
evidence: catalog
columns:
  object: name
  table: name
  what: text
  statement: text
*/
with disabled as materialized (
  select t.oid, t.tgrelid, t.tgname, t.tgconstraint, t.tgisinternal
  from pg_trigger t
  where t.tgenabled = 'D'
), mine as (
  select d.tgrelid, d.tgname, n.nspname, c.relname,
    -- Up to 14 the part that a partition has of a trigger is internal as well.
    d.tgisinternal and d.tgconstraint <> 0 as of_constraint
  from disabled d
  join pg_class c on c.oid = d.tgrelid
  join pg_namespace n on n.oid = c.relnamespace
  -- Told where the parent's is disabled as well.
  where not (c.relispartition and exists (
    select from pg_inherits h join disabled p on p.tgrelid = h.inhparent
    where h.inhrelid = c.oid and (p.tgname = d.tgname or d.tgconstraint <> 0 and p.tgconstraint <> 0)
  ))
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
)
select
  quote_ident(nspname) || '.' || quote_ident(relname) || '.' || quote_ident(tgname) as object,
  quote_ident(nspname) || '.' || quote_ident(relname) as "table",
  'the trigger ' || quote_ident(tgname) as what,
  format('ALTER TABLE %I.%I ENABLE TRIGGER %I', nspname, relname, tgname) as statement,
  null as advice
from mine
where not of_constraint
union all
select
  quote_ident(nspname) || '.' || quote_ident(relname) as object,
  quote_ident(nspname) || '.' || quote_ident(relname),
  format('%s triggers of constraints', count(*)),
  null,
  format('ALTER TABLE %I.%I ENABLE TRIGGER ALL; then look for rows that break a foreign key: drop it, add it again NOT VALID and VALIDATE CONSTRAINT', nspname, relname)
from mine
where of_constraint
group by nspname, relname
order by object;
