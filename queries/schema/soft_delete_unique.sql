/*
title: Unique constraint that counts deleted rows
kind: finding
about: table
why: |
  A table whose rows are only marked as deleted, with a unique constraint that does not know of the mark: what
  was deleted keeps its e-mail address or code for ever, and making it anew fails. That may be meant. Primary
  keys, identifiers by type (uuid) or name and indexes that hold the mark or have a predicate are left out.
says: "{indexes} counts rows that {mark} marks as deleted"
fix: { advice: "where a deleted row should let go of its value: CREATE UNIQUE INDEX CONCURRENTLY … WHERE deleted_at IS NULL, then drop the constraint" }
severity: info
evidence: catalog
population: population.whole_tables
columns:
  object: name
  mark: name
  indexes: text
*/
with marked as materialized (
  select a.attrelid, min(a.attnum) as attnum, min(a.attname::text) as mark
  from pg_attribute a
  where a.attnum > 0 and not a.attisdropped
    and a.attname in ('deleted_at', 'deleted_on', 'is_deleted', 'deleted', 'deletedAt', 'isDeleted', 'removed_at', 'date_deleted')
    and a.atttypid in ('bool'::regtype, 'date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
  group by a.attrelid
)
select
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object,
  quote_ident(m.mark) as mark,
  string_agg(quote_ident(ic.relname), ', ' order by ic.relname) as indexes
from marked m
join pg_class c on c.oid = m.attrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_index i on i.indrelid = c.oid and i.indisunique and not i.indisprimary and i.indpred is null
join pg_class ic on ic.oid = i.indexrelid
where c.relkind in ('r', 'p') and not c.relispartition
  and m.attnum <> all (i.indkey::int2[])
  and i.indexprs is null
  and exists (
    select from pg_attribute a
    where a.attrelid = c.oid and a.attnum = any (i.indkey::int2[])
      and a.atttypid <> 'uuid'::regtype and a.attname !~* '(^|_)(id|uuid|guid|token|hash)$|Id$'
  )
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
group by n.nspname, c.relname, m.mark
order by object;
