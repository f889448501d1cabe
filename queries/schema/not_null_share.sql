/*
title: Share of columns that are NOT NULL
kind: reading
about: database
why: |
  A column that may be NULL has to be thought of in each query, and a constraint that is missing lets in rows
  that the application cannot read. Columns of a primary key, of a domain that is NOT NULL and those that
  PostgreSQL generates count as NOT NULL; partitions count with their root, and the tables in which migration
  tools keep their state do not count.
says: "{share} of {columns} columns are NOT NULL"
fix: { advice: "for a column that never is NULL: ADD CHECK (… IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT, then SET NOT NULL, which does not scan the table any more, and drop the check" }
evidence: catalog
columns:
  object: name
  columns: count
  not_null: count
  share: ratio
*/
with mine as materialized (
  select c.oid
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> all ('{databasechangelog,databasechangeloglock,flyway_schema_history,schema_migration,schema_migrations,schema_version,schema_history,schema_info,ar_internal_metadata,alembic_version,django_migrations,_prisma_migrations,_sqlx_migrations,__diesel_schema_migrations,refinery_schema_history,goose_db_version,knex_migrations,knex_migrations_lock,pgmigrations,atlas_schema_revisions,__drizzle_migrations,SequelizeMeta,seaql_migrations}')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), sums as (
  select count(*) as columns,
    count(*) filter (where a.attnotnull or a.attgenerated <> '' or t.typnotnull) as not_null
  from mine m
  join pg_attribute a on a.attrelid = m.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
)
select quote_ident(current_database()) as object, columns, not_null, not_null / nullif(columns, 0)::float8 as share, columns as population
from sums;
