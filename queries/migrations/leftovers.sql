/*
title: Leftover of a migration
kind: finding
about: relation
why: |
  A copy that somebody made before a migration costs space, is read by nobody, is not maintained, and keeps data that was
  meant to be deleted. A table or a column is taken for a copy only where its name is that of another one beside it with
  `old`, `bak`, `backup`, `tmp` or a date, or where pg_repack left it. Columns of one table are one finding. A materialized
  view without data cannot be read at all until it is refreshed.
says: "{what}"
fix: { advice: "make sure that nobody reads it, keep a dump, then drop it with lock_timeout set" }
evidence: catalog
columns:
  object: name
  what: text
*/
with mine as materialized (
  select c.oid, c.relkind, c.relname, c.relispopulated, c.relnamespace, n.nspname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and not c.relispartition
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), copied as (
  select m.oid, m.nspname, m.relname, m.relnamespace, k.base
  from mine m
  cross join lateral (
    select regexp_replace(regexp_replace(m.relname, '^_|^(old|bak|backup|tmp|temp)_', ''), '_(old|bak|backup|tmp|temp)(_?[0-9]{6,14})?$', '') as base
  ) k
  where m.relkind in ('r', 'p')
    and (m.relname like '%\_old%' or m.relname like '%\_ba%' or m.relname like '%\_t%mp%' or m.relname ~ '^(old|bak|backup|tmp|temp)_')
    and m.relname ~ '^(old|bak|backup|tmp|temp)_|_(old|bak|backup|tmp|temp)(_?[0-9]{6,14})?$'
), found as (
  select f.nspname, f.relname, 'looks like a copy of ' || quote_ident(o.nspname) || '.' || quote_ident(o.relname) as what, null as advice
  from copied f
  join mine o on o.relnamespace = f.relnamespace and o.relname = f.base::name and o.oid <> f.oid
  union all
  select m.nspname, m.relname, 'a working table that pg_repack left', 'drop it as the documentation of pg_repack tells, when no pg_repack runs'
  from mine m
  where m.nspname = 'repack' and m.relname ~ '^(log|table)_[0-9]+$'
  union all
  select m.nspname, m.relname, 'a materialized view without data, which cannot be read',
    'REFRESH MATERIALIZED VIEW ' || quote_ident(m.nspname) || '.' || quote_ident(m.relname) || '; or drop it'
  from mine m
  where m.relkind = 'm' and not m.relispopulated
  union all
  select m.nspname, m.relname, 'columns that look like copies of others: ' || b.columns, 'make sure that nobody reads them, keep a dump, then ALTER TABLE … DROP COLUMN with lock_timeout set'
  from (
    select a.attrelid, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
    from pg_attribute a
    where a.attname like '%\_ba%' and a.attname ~ '_(bak|backup)(_?[0-9]{6,14})?$' and a.attnum > 0 and not a.attisdropped
      and exists (
        select from pg_attribute o
        where o.attrelid = a.attrelid and not o.attisdropped and o.attnum <> a.attnum
          and o.attname = regexp_replace(regexp_replace(a.attname, '^_', ''), '_(bak|backup)(_?[0-9]{6,14})?$', '')::name
      )
    group by a.attrelid
  ) b
  join mine m on m.oid = b.attrelid
)
select quote_ident(f.nspname) || '.' || quote_ident(f.relname) as object, string_agg(f.what, '; ' order by f.what) as what, min(f.advice) as advice
from found f
group by f.nspname, f.relname
order by object;
