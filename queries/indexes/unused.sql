/*
title: Index that no query used since the counters began
kind: reading
about: index
why: |
  Every write maintains the index, vacuum visits it and the cache holds it, yet no query on this server used
  it for as long as the counters go back. Left out is whatever is needed without being scanned: unique and
  exclusion constraints (enforcing them is not counted as a scan), the replica identity, the index that a
  table is clustered on, support of a foreign key, indexes on expressions (the planner uses their statistics)
  and the parts of a partitioned index.

  A standby counts its own scans: before dropping, audit each standby as well. Whoever created the index
  lately knows; the server does not, unless `track_commit_timestamp` is on.
says: "{size}, no scan since the counters began; {writes} row changes maintained it"
fix: { sql: "DROP INDEX CONCURRENTLY {object};" }
fix_lock: none that blocks reads or writes; waits until older transactions have ended
evidence: counters
needs: { counters: database, primary: true }
population: population.whole_indexes
yields_to: [indexes/redundant]
columns:
  object: name
  relation: oid
  table: name
  size: bytes
  scans: count
  writes: count
largest_first: size
detail: select pg_relation_size(c.oid) as size from pg_class c where c.oid = $1
*/
with candidate as materialized (
  select i.indexrelid, i.indrelid, i.indkey, n.nspname, c.relname, c.relpages, c.reltuples, c.xmin as created
  from pg_class c
  join pg_index i on i.indexrelid = c.oid
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'i' and i.indisvalid
    -- Part of a partitioned index: it can only be dropped, and be judged, with the whole.
    and not c.relispartition
    and not (i.indisunique or i.indisexclusion or i.indisclustered or i.indisreplident) and i.indexprs is null
    -- A few pages are never worth dropping, and asking the counters of every index would cost: they are asked last. The
    -- catalog's figures are those of the last vacuum, analyze or build: what was loaded into an empty index is only counted.
    and (c.relpages >= 8 or c.reltuples = 0 and pg_stat_get_tuples_inserted(i.indrelid) >= 10000)
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
)
select
  quote_ident(u.nspname) || '.' || quote_ident(u.relname) as object,
  u.indexrelid as relation,
  quote_ident(tn.nspname) || '.' || quote_ident(t.relname) as "table",
  case when u.reltuples > 0 then u.relpages * current_setting('block_size')::int8 end as size,
  0::int8 as scans,
  pg_stat_get_tuples_inserted(t.oid) + pg_stat_get_tuples_updated(t.oid) - pg_stat_get_tuples_hot_updated(t.oid)
    + pg_stat_get_tuples_deleted(t.oid) as writes,
  case when current_setting('track_commit_timestamp') = 'on' then
    extract(epoch from now() - pg_xact_commit_timestamp(u.created))::float8
  end as age
from candidate u
join pg_class t on t.oid = u.indrelid
join pg_namespace tn on tn.oid = t.relnamespace
where pg_stat_get_numscans(u.indexrelid) = 0
  and not exists (
    -- Its first columns, in any order, are those of a foreign key: without it each DELETE on the parent scans this table.
    select from pg_constraint f
    where f.conrelid = u.indrelid and f.contype = 'f'
      and (u.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
  )
-- Those of unknown size first: only so many are measured one by one.
order by u.reltuples > 0, u.relpages desc nulls last, object;
