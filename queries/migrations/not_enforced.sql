/*
title: Constraint that is not enforced
kind: finding
about: constraint
severity: info
why: |
  A constraint that is NOT ENFORCED, which PostgreSQL knows from 18 on, looks at no row, neither old nor new: it only says
  what is meant to hold. That may be wanted, for a foreign key that is checked elsewhere or while data is loaded. Left from
  a migration it is a promise that nobody keeps. Of partitions and of inheritance the root is reported.
says: "{rule}, NOT ENFORCED: nothing looks at what it says"
fix: { advice: "where it is meant to hold: {enforce}" }
evidence: catalog
columns:
  object: name
  rule: text
  enforce: text
*/
with loose as materialized (
  select con.oid, con.conname, con.conrelid, con.contype, con.conparentid, con.coninhcount
  from pg_constraint con
  where con.contype in ('c', 'f') and not con.convalidated
    -- From 18 on.
    and to_jsonb(con) ->> 'conenforced' = 'false'
)
select
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) || '.' || quote_ident(l.conname) as object,
  case l.contype when 'f' then 'foreign key' else 'check' end as rule,
  case l.contype
    when 'f' then
      'ALTER TABLE ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' ALTER CONSTRAINT ' || quote_ident(l.conname)
      || ' ENFORCED, which reads all rows under a lock that blocks writes'
    else 'add it anew as NOT VALID, VALIDATE it, and drop this one'
  end as enforce
from loose l
join pg_class c on c.oid = l.conrelid
join pg_namespace n on n.oid = c.relnamespace
where l.conparentid = 0 and l.coninhcount = 0
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
order by object;
