/*
title: Tables without a primary key
kind: shared
why: >
  Two checks tell of them: of those that have nothing in its place, and of those whose owner decides. Left out are the
  children of tables that have no key either, and the tables in which migration tools keep their state.
evidence: catalog
columns:
  object: name
  bare: flag
  excused: flag
  state: text
  statement: text
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
  select k.oid, k.relkind, k.relpersistence, k.nspname, k.relname, u.index, u.usable,
    exists (
      select from pg_partitioned_table p
      join pg_attribute a on a.attrelid = k.oid and a.attnum = p.partattrs[0]
      where p.partrelid = k.oid and p.partstrat = 'r'
        and a.atttypid in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
    ) as by_time
  from keyless k
  left join lateral (
    -- Partial, deferrable or over an expression or a column that may be NULL, it does not identify each row.
    select ic.relname as index,
      k.relkind = 'r' and i.indnkeyatts = i.indnatts and 0 = all (i.indoption::int2[])
        and not exists (select from pg_constraint uc where uc.conrelid = k.oid and uc.conindid = i.indexrelid)
        and not exists (select from unnest(i.indclass::oid[]) as used (oid) join pg_opclass o on o.oid = used.oid where not o.opcdefault) as usable
    from pg_index i
    join pg_class ic on ic.oid = i.indexrelid
    where i.indrelid = k.oid and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
      and not exists (
        select from unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) as key (attnum)
        join pg_attribute a on a.attrelid = k.oid and a.attnum = key.attnum
        where not a.attnotnull
      )
    -- One that nothing else makes superfluous comes first.
    order by usable desc, i.indisreplident or i.indisclustered desc, ic.relname
    limit 1
  ) u on true
  where not exists (
    select from pg_inherits h
    where h.inhrelid = k.oid
      and not exists (select from pg_constraint pk where pk.conrelid = h.inhparent and pk.contype = 'p')
  )
)
select
  quote_ident(nspname) || '.' || quote_ident(relname) as object,
  not e.excused as bare,
  e.excused,
  case
    when index is not null then format('the unique index %s tells its rows apart', quote_ident(index))
    when relpersistence = 'u' then 'it is unlogged'
    else 'it is partitioned by time'
  end as state,
  case when usable then format('ALTER TABLE %I.%I ADD PRIMARY KEY USING INDEX %I', nspname, relname, index) end as statement,
  case
    when usable or not e.excused then null
    when index is not null then 'declare a primary key over the columns of that index when the unique constraint is no longer needed'
    else 'add a primary key if rows are updated, deleted one by one or replicated'
  end as advice
from judged
cross join lateral (select index is not null or relpersistence = 'u' or by_time as excused) e;
