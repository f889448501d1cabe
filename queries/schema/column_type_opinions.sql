/*
title: Column types on which experts differ
kind: finding
about: rule
why: |
  One finding for each rule, with the columns that it is about, and none of them a fault by itself. char(n) pads
  with blanks (codes of up to three letters are left out); json keeps the text as it came, jsonb can be indexed
  and compared; varchar(n) makes a limit that only a change of the table moves; serial is what identity columns
  replaced; an IP address as text sorts and compares as text.
says: "{columns} columns: {list}"
fix: { advice: "{instead}" }
severity: info
evidence: catalog
columns:
  object: name
  columns: count
  list: text
  instead: text
*/
with mine as materialized (
  select c.oid, n.nspname, c.relname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> all ('{databasechangelog,databasechangeloglock,flyway_schema_history,schema_migration,schema_migrations,schema_version,schema_history,schema_info,ar_internal_metadata,alembic_version,django_migrations,_prisma_migrations,_sqlx_migrations,__diesel_schema_migrations,refinery_schema_history,goose_db_version,knex_migrations,knex_migrations_lock,pgmigrations,atlas_schema_revisions,__drizzle_migrations,SequelizeMeta,seaql_migrations}')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), rule as (
  select a.attrelid, a.attnum, a.attname,
    case
      when a.atttypid = 'json'::regtype then 'json'
      when a.atttypid = 'bpchar'::regtype then case when a.atttypmod > 7 and a.atttypmod <> 40 then 'char(n)' end
      when lower(a.attname) like '%ip%' and a.attname ~* '(^|_)ip(_?addr(ess)?)?$' and a.atttypid in ('text'::regtype, 'varchar'::regtype) then 'IP address as text'
      when a.atttypid = 'varchar'::regtype then case when a.atttypmod > 0 and a.atttypmod <> 40 then 'varchar(n)' end
    end as name
  from pg_attribute a
  where a.attnum > 0 and not a.attisdropped
    and (a.atttypid in ('json'::regtype, 'bpchar'::regtype, 'varchar'::regtype) or a.atttypid = 'text'::regtype and lower(a.attname) like '%ip%')
  union all
  select d.refobjid, d.refobjsubid::int2, a.attname, 'serial'
  from pg_depend d
  join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid and a.atthasdef
  join pg_sequence s on s.seqrelid = d.objid
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a'
), found as (
  select r.name as rule, quote_ident(m.nspname) || '.' || quote_ident(m.relname) || '.' || quote_ident(r.attname) as name,
    row_number() over (partition by r.name order by m.nspname, m.relname, r.attnum) as place
  from rule r
  join mine m on m.oid = r.attrelid
  where r.name is not null
)
select
  f.rule as object,
  count(*) as columns,
  string_agg(f.name, ', ' order by f.place) filter (where f.place <= 10)
    || case when count(*) > 10 then format(' and %s more', count(*) - 10) else '' end as list,
  case f.rule
    when 'json' then 'use jsonb, unless the order of keys or their repetition matters'
    when 'char(n)' then 'use text, with CHECK (length(…) = n) where the length matters'
    when 'IP address as text' then 'use inet'
    when 'varchar(n)' then 'use text, with a CHECK constraint where the limit is meant'
    else 'use GENERATED … AS IDENTITY for new columns'
  end as instead
from found f
group by f.rule
order by columns desc, object;
