/*
title: Share of tables that know when a row was made
kind: reading
about: database
why: |
  When a row was made, and when it was changed last, is what an investigation asks first and what nobody can
  tell afterwards. Asked of are tables that describe something: a key of one column and at least three columns
  that are neither key nor foreign key. Not asked of are links, logs and events (by name or by a time of their
  own that is NOT NULL), lookup tables, partitions and the tables of migration tools.
says: "{share} of {tables} tables have a time of creation; {without}"
fix: { advice: "ALTER TABLE … ADD COLUMN created_at timestamptz NOT NULL DEFAULT now() rewrites nothing, but gives all rows of today the same time; for updated_at add a BEFORE UPDATE trigger" }
evidence: catalog
columns:
  object: name
  tables: count
  share: ratio
  without: text
*/
with entity as materialized (
  select c.oid, n.nspname, c.relname, k.conkey[1] as key
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_constraint k on k.conrelid = c.oid and k.contype = 'p' and cardinality(k.conkey) = 1
  where c.relkind in ('r', 'p') and not c.relispartition and c.relnatts >= 4
    and lower(c.relname) not like all ('{%log%,%event%,%histor%,%audit%,%snapshot%,%metric%,%statistic%,%session%,%token%,%migration%,%queue%,%job%,%cache%,%setting%,%config%}')
    and c.relname <> all ('{databasechangelog,databasechangeloglock,flyway_schema_history,schema_migration,schema_migrations,schema_version,schema_history,schema_info,ar_internal_metadata,alembic_version,django_migrations,_prisma_migrations,_sqlx_migrations,__diesel_schema_migrations,refinery_schema_history,goose_db_version,knex_migrations,knex_migrations_lock,pgmigrations,atlas_schema_revisions,__drizzle_migrations,SequelizeMeta,seaql_migrations}')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), referring as materialized (
  select distinct f.conrelid, u.attnum
  from pg_constraint f
  cross join lateral unnest(f.conkey) as u (attnum)
  where f.contype = 'f'
), described as (
  select e.oid, e.nspname, e.relname,
    bool_or(m.time and m.name in ('created', 'createdat', 'createdon', 'createddate', 'createdtime', 'createdtimestamp', 'createdate', 'createtime',
      'creationdate', 'creationtime', 'datecreated', 'timecreated', 'insertedat', 'insertedon', 'addedat', 'addedon', 'registeredat', 'registeredon')) as created
  from entity e
  join pg_attribute a on a.attrelid = e.oid and a.attnum > 0 and not a.attisdropped
  left join referring r on r.conrelid = e.oid and r.attnum = a.attnum
  cross join lateral (
    select a.atttypid in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype) as time,
      replace(lower(a.attname), '_', '') as name
  ) m
  group by e.oid, e.nspname, e.relname
  having count(*) filter (where a.attnum <> e.key and r.attnum is null) >= 3
    -- Something that happened at a moment is its own record.
    and not bool_or(m.time and a.attnotnull
      and m.name like any ('{occurred%,happened%,recorded%,logged%,sent%,received%,measured%,visited%,viewed%,clicked%,paid%,placed%}'))
), sums as (
  select count(*) as tables, count(*) filter (where created) as created,
    (array_agg(quote_ident(nspname) || '.' || quote_ident(relname) order by nspname, relname) filter (where not created))[1:10] as first
  from described
)
select
  quote_ident(current_database()) as object,
  s.tables,
  s.created / nullif(s.tables, 0)::float8 as share,
  case
    when s.created = s.tables then 'none is without'
    else 'without: ' || (select string_agg(f.name, ', ' order by f.at) from unnest(s.first) with ordinality as f (name, at))
      || case when s.tables - s.created > 10 then format(' and %s more', s.tables - s.created - 10) else '' end
  end as without,
  s.tables as population
from sums s;
