/*
title: Names of tables and columns that are in the way
kind: finding
about: rule
why: |
  One finding for each rule, with the names that it is about. A name with capitals, blanks or other signs has to
  be quoted each time, and is another one without quotes; a reserved word has to be quoted as well. A name of 63
  bytes is most likely the beginning of a longer one: PostgreSQL cuts without an error, and two names that begin
  alike collide. Names that an ORM quotes by itself hurt only those who write SQL.
says: "{names} names: {list}"
fix: { advice: "{instead}" }
severity: info
evidence: catalog
columns:
  object: name
  names: count
  list: text
  instead: text
*/
with mine as materialized (
  select c.oid, n.nspname, c.relname
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
), name as (
  select quote_ident(m.nspname) || '.' || quote_ident(m.relname) as name, m.relname::text as own from mine m
  union all
  select quote_ident(m.nspname) || '.' || quote_ident(m.relname) || '.' || quote_ident(a.attname), a.attname::text
  from mine m
  join pg_attribute a on a.attrelid = m.oid and a.attnum > 0 and not a.attisdropped
  -- Quoted is what any of the rules could be about, save the length.
  where quote_ident(a.attname) <> a.attname or octet_length(a.attname) >= 63
), rule as (
  select r.rule, k.name, row_number() over (partition by r.rule order by k.name) as place
  from name k
  cross join lateral (
    values
      ('needs quotes', k.own !~ '^[a-z_][a-z0-9_$]*$'),
      ('reserved word', k.own in (select word from reserved)),
      ('63 bytes long', octet_length(k.own) >= 63)
  ) as r (rule, broken)
  where r.broken
)
select
  r.rule as object,
  count(*) as names,
  string_agg(r.name, ', ' order by r.place) filter (where r.place <= 10)
    || case when count(*) > 10 then format(' and %s more', count(*) - 10) else '' end as list,
  case r.rule
    when 'needs quotes' then 'prefer lower case with underscores; a rename breaks whoever uses the old name, a view can keep it alive'
    when 'reserved word' then 'prefer another word for new tables and columns (account for user, position for order)'
    else 'choose shorter names, and see that what generates them does'
  end as instead
from rule r
group by r.rule
order by names desc, object;
