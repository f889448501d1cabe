/*
title: Tables, views and their columns as they are declared
kind: shared
why: >
  Checks of names, types and habits look at every column, and pg_attribute is the largest catalog: it is read once. A row
  without a number is the table or view itself and stands before its columns. Partitions count with their root; what
  extensions brought and the tables in which migration tools keep their state do not count.
evidence: catalog
columns:
  object: name
  relation: oid
  schema: text
  table: text
  view: flag
  row_security: flag
  granted: flag
  touched: flag
  inherits: flag
  number: count
  column: text
  quoted: text
  reserved: flag
  type: text
  domain: flag
  modifier: count
  not_null: flag
  always: flag
  serial: flag
  key: count
  refers: flag
  indexed: flag
*/
with mine as materialized (
  select c.oid, c.relkind, n.nspname, c.relname, c.relrowsecurity,
    exists (select from aclexplode(c.relacl) as acl where acl.grantee <> c.relowner) as granted,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
    and c.relname <> all ('{databasechangelog,databasechangeloglock,flyway_schema_history,schema_migration,schema_migrations,schema_version,schema_history,schema_info,ar_internal_metadata,alembic_version,django_migrations,_prisma_migrations,_sqlx_migrations,__diesel_schema_migrations,refinery_schema_history,goose_db_version,knex_migrations,knex_migrations_lock,pgmigrations,atlas_schema_revisions,__drizzle_migrations,SequelizeMeta,seaql_migrations}')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), reserved as materialized (
  select word from pg_get_keywords() where catcode in ('R', 'T')
), type as materialized (
  select t.oid, b.typname, t.typnotnull, t.typbasetype <> 0 as domain, case when t.typbasetype <> 0 then t.typtypmod end as modifier
  from pg_type t
  join pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
), constrained as (
  select k.conrelid, array_agg(u.attnum) filter (where k.contype = 'p') as key, array_agg(u.attnum) filter (where k.contype = 'f') as refers
  from pg_constraint k
  cross join lateral unnest(k.conkey) as u (attnum)
  where k.contype in ('p', 'f')
  group by k.conrelid
), indexed as (
  select i.indrelid, array_agg(i.indkey[0]) as first from pg_index i where i.indisvalid and i.indpred is null group by i.indrelid
), serial as (
  select d.refobjid, array_agg(d.refobjsubid) as attnums
  from pg_sequence s
  join pg_depend d on d.objid = s.seqrelid and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a'
  group by d.refobjid
), touched as (
  -- BEFORE UPDATE FOR EACH ROW; that one is disabled is told as that.
  select distinct t.tgrelid from pg_trigger t where t.tgtype & 19 = 19
), told as materialized (
  -- One row a table: what is known by column is looked up in short lists.
  select m.*, k.key, k.refers, i.first, s.attnums as serials, t.tgrelid is not null as touched
  from mine m
  left join constrained k on k.conrelid = m.oid
  left join indexed i on i.indrelid = m.oid
  left join serial s on s.refobjid = m.oid
  left join touched t on t.tgrelid = m.oid
)
select
  t.name as object, t.oid as relation, quote_ident(t.nspname) as schema, t.relname::text as "table", t.relkind in ('v', 'm') as "view",
  t.relrowsecurity as row_security, t.granted, t.touched, exists (select from pg_inherits h where h.inhrelid = t.oid) as inherits,
  null::int8 as number, null as "column", quote_ident(t.relname) as quoted, t.relname in (select word from reserved) as reserved,
  null as "type", null::bool as domain, null::int8 as modifier, null::bool as not_null, null::bool as always, null::bool as serial,
  cardinality(t.key)::int8 as key, null::bool as refers, null::bool as indexed
from told t
union all
select
  t.name, t.oid, quote_ident(t.nspname), t.relname::text, t.relkind in ('v', 'm'), t.relrowsecurity, t.granted, t.touched, null,
  a.attnum::int8, a.attname::text, quote_ident(a.attname), a.attname in (select word from reserved),
  y.typname::text, y.domain, coalesce(y.modifier, a.atttypmod)::int8, a.attnotnull or y.typnotnull, a.attgenerated <> '',
  a.atthasdef and t.serials is not null and a.attnum = any (t.serials),
  case when a.attnum = any (t.key) then cardinality(t.key)::int8 end,
  t.refers is not null and a.attnum = any (t.refers),
  t.first is not null and a.attnum = any (t.first)
from told t
join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
join type y on y.oid = a.atttypid;
