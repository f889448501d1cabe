/*
title: Column types that hold other than what is meant
kind: finding
about: rule
why: |
  One finding for each rule, with the columns that break it. money rounds to the currency of the session that
  reads it; floating point cannot hold most decimal fractions, so that sums of amounts drift; timestamp without
  time zone is a moment only to those who know which zone was meant; time with time zone has an offset but no
  date that would give it a meaning; a UUID kept as text takes twice the room and compares by the collation.

  A domain is what it is over. Partitions count with their root; what extensions brought and the tables in
  which migration tools keep their state do not count.
says: "{columns} columns: {list}"
fix: { advice: "{instead}" }
evidence: catalog
columns:
  object: name
  columns: count
  share: ratio
  list: text
  instead: text
*/
with mine as materialized (
  select c.oid, c.relnatts, n.nspname, c.relname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> all ('{databasechangelog,databasechangeloglock,flyway_schema_history,schema_migration,schema_migrations,schema_version,schema_history,schema_info,ar_internal_metadata,alembic_version,django_migrations,_prisma_migrations,_sqlx_migrations,__diesel_schema_migrations,refinery_schema_history,goose_db_version,knex_migrations,knex_migrations_lock,pgmigrations,atlas_schema_revisions,__drizzle_migrations,SequelizeMeta,seaql_migrations}')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), type as materialized (
  select t.oid, coalesce(nullif(t.typbasetype, 0), t.oid) as base, case when t.typbasetype <> 0 then t.typtypmod end as modifier
  from pg_type t
  where t.oid in ('money'::regtype, 'float4'::regtype, 'float8'::regtype, 'timestamp'::regtype, 'timetz'::regtype, 'text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
    or t.typbasetype in ('money'::regtype, 'float4'::regtype, 'float8'::regtype, 'timestamp'::regtype, 'timetz'::regtype, 'text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
), broken as (
  select a.attrelid, a.attnum, a.attname,
    case
      when t.base = 'money'::regtype then 'money'
      when t.base = 'timetz'::regtype then 'time with time zone'
      when t.base = 'timestamp'::regtype then 'timestamp without time zone'
      when t.base in ('float4'::regtype, 'float8'::regtype) then (
        -- camelCase is words as well.
        select 'floating point for amounts'
        from lower(regexp_replace(a.attname, '([a-z0-9])([A-Z])', '\1_\2', 'g')) as name
        where name ~ '(^|_)(price|amount|cost|balance|salary|wage|fee|tax|subtotal|revenue|refund|deposit|payout|invoiced?|budget)s?(_|$)|^(grand_)?total$'
          and name !~ '(^|_)(rate|ratio|pct|percent|percentage|share|score|factor|weight|estimate|estimated|avg|count|startup|planner)(_|$)'
      )
      when lower(right(a.attname, 4)) in ('uuid', 'guid') then 'uuid as text'
      when coalesce(t.modifier, a.atttypmod) = 40 and a.attname ~ '(^|_)id$|[a-z]I[dD]$' then 'uuid as text'
    end as rule
  from pg_attribute a
  join type t on t.oid = a.atttypid
  where a.attnum > 0 and not a.attisdropped
), found as (
  select b.rule, quote_ident(m.nspname) || '.' || quote_ident(m.relname) || '.' || quote_ident(b.attname) as name,
    row_number() over (partition by b.rule order by m.nspname, m.relname, b.attnum) as place
  from broken b
  join mine m on m.oid = b.attrelid
  where b.rule is not null
), per_rule as (
  select f.rule, count(*) as columns,
    string_agg(f.name, ', ' order by f.place) filter (where f.place <= 10) as list
  from found f
  group by f.rule
)
select
  r.rule as object,
  r.columns,
  r.columns / nullif(p.population, 0)::float8 as share,
  r.list || case when r.columns > 10 then format(' and %s more', r.columns - 10) else '' end as list,
  case r.rule
    when 'money' then 'use numeric with the currency in a column of its own'
    when 'time with time zone' then 'use timestamptz, or time and the name of the zone'
    when 'timestamp without time zone' then 'use timestamptz: ALTER … TYPE timestamptz USING column AT TIME ZONE ''UTC'' rewrites the table, save with the session in UTC'
    when 'floating point for amounts' then 'use numeric(precision, scale), or whole cents as bigint'
    else 'use uuid: ALTER … TYPE uuid USING column::uuid rewrites the table, and each column that refers to it has to change with it'
  end as instead,
  p.population
from (select sum(m.relnatts)::int8 as population from mine m) p
left join per_rule r on true
order by r.columns desc, object;
