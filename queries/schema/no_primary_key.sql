/*
title: Table without a primary key
kind: finding
about: table
why: |
  Two rows can be the same, and neither a foreign key nor logical replication can tell them apart. A
  partitioned table is judged at its root, a child of inheritance where its parents have a key.

  Left out are tables whose rows a unique index over NOT NULL columns already tells apart, unlogged ones and
  those that are partitioned by time, which schema/undeclared_primary_key shows, and the tables in which
  migration tools keep their state.
says: nothing tells its rows apart
fix: { advice: "add a column `id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY`, which rewrites the table under ACCESS EXCLUSIVE; or build a unique index CONCURRENTLY over columns that identify a row, set them NOT NULL and take it with ADD PRIMARY KEY USING INDEX" }
evidence: catalog
population: population.whole_tables
yields_to: [schema/no_replica_identity, schema/link_without_unique]
columns:
  object: name
*/
with keyless as materialized (
  select c.oid, c.relkind, c.relpersistence, n.nspname, c.relname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')
    and c.relname <> all ('{databasechangelog,databasechangeloglock,flyway_schema_history,schema_migration,schema_migrations,schema_version,schema_history,schema_info,ar_internal_metadata,alembic_version,django_migrations,_prisma_migrations,_sqlx_migrations,__diesel_schema_migrations,refinery_schema_history,goose_db_version,knex_migrations,knex_migrations_lock,pgmigrations,atlas_schema_revisions,__drizzle_migrations,SequelizeMeta,seaql_migrations}')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), judged as (
  select k.oid, k.relkind, k.relpersistence, k.nspname, k.relname, u.found as identified,
    exists (
      select from pg_partitioned_table p
      join pg_attribute a on a.attrelid = k.oid and a.attnum = p.partattrs[0]
      where p.partrelid = k.oid and p.partstrat = 'r'
        and a.atttypid in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
    ) as by_time
  from keyless k
  left join lateral (
    -- Partial, deferrable or over an expression or a column that may be NULL, it does not identify each row.
    select true as found
    from pg_index i
    where i.indrelid = k.oid and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
      and not exists (
        select from unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) as key (attnum)
        join pg_attribute a on a.attrelid = k.oid and a.attnum = key.attnum
        where not a.attnotnull
      )
    limit 1
  ) u on true
  where not exists (
    select from pg_inherits h
    where h.inhrelid = k.oid
      and not exists (select from pg_constraint pk where pk.conrelid = h.inhparent and pk.contype = 'p')
  )
)
select quote_ident(nspname) || '.' || quote_ident(relname) as object
from judged
where identified is null and relpersistence <> 'u' and not by_time
order by object;
