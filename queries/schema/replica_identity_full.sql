/*
title: Large published table with REPLICA IDENTITY FULL
kind: reading
about: table
why: |
  Each UPDATE and DELETE writes the whole old row to the WAL, its long values as well, and a subscriber that has no index
  it can use looks for the row by a scan of the whole table: replication falls behind, and the slot keeps WAL until the
  disk is full. For small tables it does no harm. Partitions are told one by one, since each has its own identity and size.
says: "{size} in {publications}; each UPDATE and DELETE writes the whole old row to the WAL"
fix: { advice: "{instead}" }
evidence: planner
yields_to: [schema/no_primary_key, schema/undeclared_primary_key]
columns:
  object: name
  size: bytes
  publications: text
  instead: text
*/
with full_identity as materialized (
  select c.oid, c.relpages, n.nspname, c.relname, rn.nspname as root_nspname, r.relname as root_relname,
    exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary and i.indimmediate and i.indisvalid) as keyed
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_class r on r.oid = pg_partition_root(c.oid)
  left join pg_namespace rn on rn.oid = r.relnamespace
  where c.relkind = 'r' and c.relreplident = 'f' and c.relpersistence = 'p'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), published as materialized (
  -- Whether by itself, by its schema, by a parent or with everything; listed only where there is a table to look for.
  select t.pubname, t.schemaname, t.tablename
  from pg_publication_tables t
  join pg_publication p on p.pubname = t.pubname and (p.pubupdate or p.pubdelete)
  where exists (select from full_identity)
), found as (
  select f.oid, string_agg(distinct quote_ident(b.pubname), ', ') as publications
  from (
    select oid, nspname, relname from full_identity
    union
    select oid, root_nspname, root_relname from full_identity
  ) f
  join published b on b.schemaname = f.nspname and b.tablename = f.relname
  group by f.oid
)
select
  quote_ident(f.nspname) || '.' || quote_ident(f.relname) as object,
  case when f.relpages > 0 then f.relpages * current_setting('block_size')::int8 end as size,
  p.publications,
  case
    when f.keyed then 'ALTER TABLE ' || quote_ident(f.nspname) || '.' || quote_ident(f.relname) || ' REPLICA IDENTITY DEFAULT takes its primary key, if no consumer needs the whole old row'
    when not f.keyed then 'add a primary key, then ALTER TABLE … REPLICA IDENTITY DEFAULT; or take a unique index over NOT NULL columns with REPLICA IDENTITY USING INDEX'
  end as instead,
  k.population
from (select count(*) as population from found) k
left join (found p join full_identity f on f.oid = p.oid) on true
order by f.relpages desc, object;
