/*
title: Event store that can hold a version twice
kind: finding
about: table
why: |
  A table of events that numbers those of each aggregate or stream relies on each number being there once: two writers
  that both read version 7 must not both write version 8. Without a unique index over both columns the second one is
  stored, and what is rebuilt from the events is wrong from there on. A unique index that holds both columns, with others
  besides such as the tenant or the kind of aggregate, is the answer. Tables with the state of an aggregate, such as
  snapshots, and histories that a trigger writes have no such pair of NOT NULL columns or no name of events.
says: "nothing keeps ({pair}) from being there twice"
fix: { sql: "CREATE UNIQUE INDEX CONCURRENTLY ON {object} ({pair});" }
fix_lock: SHARE UPDATE EXCLUSIVE while it is built; reads and writes go on; it fails, and leaves an invalid index, while a pair is there twice
evidence: catalog
columns:
  object: name
  pair: text
*/
with stored as materialized (
  select c.oid, c.relkind, n.nspname, c.relname,
    min(a.attnum) filter (where a.attname ~* '^(aggregate|stream|entity)_?(id|uuid|name|key)$') as stream,
    min(a.attnum) filter (where a.attname ~* '^((aggregate|stream|entity|event)_?)?(version|revision|sequence|sequence_?(no|nr|num|number)|seq|seq_?no|event_?number|position_?in_?stream)$') as version,
    count(*) filter (where a.attname ~* '^(aggregate|stream|entity)_?(id|uuid|name|key)$') as streams
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attnotnull
  where c.relkind in ('r', 'p') and not c.relispartition
    and c.relname ~* '(event|journal|stream|commit|message)'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
  group by c.oid, c.relkind, n.nspname, c.relname
), store as materialized (
  select s.*
  from stored s
  join pg_attribute v on v.attrelid = s.oid and v.attnum = s.version and v.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
  where s.streams = 1
    -- A number for all events, from a sequence, is unique by itself.
    and v.attidentity = '' and not v.atthasdef
), found as (
  select s.*
  from store s
  where not exists (
    select from pg_index i
    where i.indrelid = s.oid and i.indisunique and i.indisvalid
      and ((i.indkey::int2[])[0:i.indnkeyatts - 1] @> array[s.stream, s.version]
        or i.indnkeyatts = 1 and i.indkey[0] in (s.stream, s.version))
  )
)
select
  quote_ident(f.nspname) || '.' || quote_ident(f.relname) as object,
  quote_ident(s.attname) || ', ' || quote_ident(v.attname) as pair,
  case when f.relkind = 'p' then 'add a unique constraint over both columns; on a partitioned table it has to contain the partition key' end as advice,
  p.population
from (select count(*) as population from store) p
left join (
  found f
  join pg_attribute s on s.attrelid = f.oid and s.attnum = f.stream
  join pg_attribute v on v.attrelid = f.oid and v.attnum = f.version
) on true
order by object;
