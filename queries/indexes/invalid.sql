/*
title: Invalid index
kind: finding
about: index
why: |
  A CREATE or REINDEX INDEX CONCURRENTLY that failed leaves an index that no query uses, that does not
  enforce uniqueness and that every write still maintains. CREATE INDEX … IF NOT EXISTS keeps it silently.
  What a failed REINDEX leaves is named …_ccnew or …_ccold and goes; any other index is built again, which
  fails once more as long as rows break its uniqueness.

  The index of a partitioned table that was created ON ONLY is invalid until each partition has its part; it
  is not counted here. While a session holds the lock that a concurrent build takes, nobody can tell a
  failed build from one that is under way.
says: "{state}: no query uses it; {writes}"
fix: { sql: "{action} INDEX CONCURRENTLY {object};" }
fix_lock: SHARE UPDATE EXCLUSIVE on the table; reads and writes go on; waits until older transactions have ended
evidence: catalog
population: population.indexes
columns:
  object: name
  table: name
  state: text
  writes: text
  action: text
*/
with invalid as materialized (
  select i.indexrelid, i.indrelid, i.indisready, i.indisunique
  from pg_index i
  where not i.indisvalid
)
select
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object,
  quote_ident(tn.nspname) || '.' || quote_ident(t.relname) as "table",
  case when i.indisunique then 'unique, but enforces nothing; ' else '' end
    || case when k.leftover then 'left over from a REINDEX that failed' else 'left over from a build that failed' end as state,
  case when i.indisready then 'every write maintains it' else 'writes do not maintain it either' end as writes,
  case when k.leftover then 'DROP' else 'REINDEX' end as action,
  case when i.indisunique and not k.leftover then
    'find and remove the duplicate rows first; while there are any, REINDEX INDEX CONCURRENTLY ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname)
    || ' fails again and leaves a second invalid index'
  end as advice,
  case when k.building then 'its table is locked as by a concurrent build, which may be under way' end as unknown,
  case when k.building then 'audit again when the build, VACUUM or ANALYZE of the table has ended' end as remedy
from invalid i
join pg_class c on c.oid = i.indexrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_class t on t.oid = i.indrelid
join pg_namespace tn on tn.oid = t.relnamespace
cross join lateral (
  select
    c.relname ~ '_cc(new|old)[0-9]*$' as leftover,
    -- VACUUM and ANALYZE hold it as well: then it is not known whether this is a build.
    exists (
      select from pg_locks l
      join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.locktype = 'relation' and l.relation = i.indrelid
        and l.mode = 'ShareUpdateExclusiveLock' and l.granted
    ) as building
) k
where c.relkind = 'i'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
order by object;
