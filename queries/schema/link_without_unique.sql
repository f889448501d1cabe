/*
title: Link table that can hold a pair twice
kind: finding
about: table
why: |
  A table that only links two others (two NOT NULL foreign keys, at most a key of its own and the times of
  creation and change besides) means each pair once. Nothing enforces it: a click that is sent twice makes two
  members, and joins through the table count twice. A unique index that holds both columns, partial or with
  more columns, is taken as the answer. Names that tell of repeated facts (views, logs, events, messages and
  the like) are left out.
says: "nothing keeps ({pair}) from being there twice"
fix: { sql: "CREATE UNIQUE INDEX CONCURRENTLY ON {object} ({pair});" }
fix_lock: SHARE UPDATE EXCLUSIVE while it is built; reads and writes go on; it fails, and leaves an invalid index, while a pair is there twice
evidence: catalog
columns:
  object: name
  pair: text
*/
with key as materialized (
  select f.conrelid, count(*) as keys, min(f.conkey[1]) as one, max(f.conkey[1]) as other
  from pg_constraint f
  where f.contype = 'f' and cardinality(f.conkey) = 1
  group by f.conrelid
  having count(distinct f.conkey[1]) = 2
), candidate as materialized (
  select c.oid, c.relkind, n.nspname, c.relname, k.one, k.other
  from key k
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and c.relname !~* '(view|visit|log|event|histor|click|impression|play|download|audit|message|notification|attempt|transaction|order|payment|item|session|vote)'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), link as materialized (
  select c.oid, c.relkind, c.nspname, c.relname, c.one, c.other,
    string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (where a.attnum in (c.one, c.other)) as pair
  from candidate c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_constraint pk on pk.conrelid = c.oid and pk.contype = 'p' and pk.conkey = array[a.attnum]
  group by c.oid, c.relkind, c.nspname, c.relname, c.one, c.other
  having bool_and(
    case when a.attnum in (c.one, c.other) then a.attnotnull and pk.oid is null
      else pk.oid is not null
        or a.atttypid in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
          and a.attname ~* '^(created|updated|inserted|modified|changed|added)(_?(at|on|date|time))?$'
    end
  )
), found as (
  select l.*
  from link l
  where not exists (
    select from pg_index i
    where i.indrelid = l.oid and (i.indisunique and i.indisvalid or i.indisexclusion)
      and ((i.indkey::int2[]) @> array[l.one, l.other]
        -- Over one of them alone it leaves no pair to be there twice.
        or i.indnkeyatts = 1 and i.indkey[0] in (l.one, l.other))
  )
)
select quote_ident(f.nspname) || '.' || quote_ident(f.relname) as object, f.pair,
  case when f.relkind = 'p' then 'add a unique constraint over both columns; on a partitioned table it has to contain the partition key' end as advice,
  p.population
from (select count(*) as population from link) p
left join found f on true
order by object;
