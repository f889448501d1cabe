/*
title: Table that says little about its rows
kind: finding
about: table
why: |
  Either all columns outside of the primary key may be NULL, so that a row that says nothing is a good one; or
  there is a single column or none, which often is what a migration left half done. Tables of identifiers, whose
  one column is their key, are left out, and so are partitions, tables of migration tools and tables that inherit.
says: "{state}"
fix: { advice: "ask what a row means without each of its columns: those that always are there become NOT NULL" }
severity: info
evidence: catalog
population: population.whole_tables
yields_to: [schema/no_primary_key, schema/undeclared_primary_key]
columns:
  object: name
  state: text
*/
with mine as materialized (
  select c.oid, n.nspname, c.relname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and not exists (select from pg_inherits h where h.inhrelid = c.oid)
    and c.relname <> all ('{databasechangelog,databasechangeloglock,flyway_schema_history,schema_migration,schema_migrations,schema_version,schema_history,schema_info,ar_internal_metadata,alembic_version,django_migrations,_prisma_migrations,_sqlx_migrations,__diesel_schema_migrations,refinery_schema_history,goose_db_version,knex_migrations,knex_migrations_lock,pgmigrations,atlas_schema_revisions,__drizzle_migrations,SequelizeMeta,seaql_migrations}')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), told as (
  select m.nspname, m.relname, count(a.attnum) as columns,
    count(k.oid) as of_key,
    count(a.attnum) filter (where k.oid is null and (a.attnotnull or t.typnotnull)) as required
  from mine m
  left join pg_attribute a on a.attrelid = m.oid and a.attnum > 0 and not a.attisdropped
  left join pg_type t on t.oid = a.atttypid
  left join pg_constraint k on k.conrelid = m.oid and k.contype = 'p' and a.attnum = any (k.conkey)
  group by m.oid, m.nspname, m.relname
)
select
  quote_ident(nspname) || '.' || quote_ident(relname) as object,
  case
    when columns = 0 then 'it has no column'
    when columns = 1 then 'it has a single column, which is no key'
    else format('all %s columns outside of its key may be NULL', columns - of_key)
  end as state
from told
where columns <= 1 and of_key = 0
  or of_key > 0 and required = 0 and columns - of_key >= 3
order by object;
