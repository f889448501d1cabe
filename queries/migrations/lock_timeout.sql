/*
title: Owners of tables that wait for locks without limit
kind: finding
about: role
severity: info
why: |
  Who owns tables runs the migrations. Without lock_timeout an ALTER TABLE waits behind the longest transaction, and
  everybody else behind it. Tools may set it in their own sessions, which nobody else sees; set for the role, it holds for
  whatever connects. It must not hold while an index is built CONCURRENTLY: that would leave an invalid index.
says: "no lock_timeout is set for {roles}"
fix: { advice: "let migrations SET lock_timeout = '5s' and try again, or ALTER ROLE … SET lock_timeout, and SET lock_timeout = 0 before anything CONCURRENTLY" }
evidence: settings
columns:
  object: name
  roles: text
*/
with owner as (
  select distinct r.oid, r.rolname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_roles r on r.oid = c.relowner
  where c.relkind in ('r', 'p')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), setting as (
  select s.setrole, s.setdatabase, split_part(o.entry, '=', 2) as value
  from pg_db_role_setting s
  cross join lateral unnest(s.setconfig) as o (entry)
  where o.entry like 'lock\_timeout=%' and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
), effective as (
  select o.rolname,
    coalesce(
      (
        select s.value from setting s
        where s.setrole in (o.oid, 0)
        order by s.setrole <> 0 and s.setdatabase <> 0 desc, s.setrole <> 0 desc, s.setdatabase <> 0 desc
        limit 1
      ),
      -- Of the session itself, before the time-outs of the audit.
      (select p.reset_val from pg_settings p where p.name = 'lock_timeout')
    ) as value
  from owner o
)
select
  'owners of tables' as object,
  string_agg(quote_ident(e.rolname), ', ' order by e.rolname) as roles
from effective e
where e.value ~ '^0[a-z]*$'
having count(*) > 0;
