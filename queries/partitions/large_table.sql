/*
title: Table large enough to be partitioned
kind: reading
about: table
why: |
  VACUUM, a new index and a rewrite take a table as a whole, and old rows are deleted one by one: beyond some size each of
  them takes hours. In a table that is partitioned by time they take a partition, and old rows go with DROP. Told are
  tables with a time that is NOT NULL, since others have no natural key for it; it is worth it only where
  queries name that time and old rows are to go.
says: "{size} in one piece; {column} could be the partition key"
fix: { advice: "make a partitioned table beside it, attach the old one as its first partition with a CHECK constraint that spares the scan, and move on from there; each unique constraint then has to contain the partition key" }
evidence: planner
population: population.whole_tables
columns:
  object: name
  size: bytes
  column: name
*/
with large as materialized (
  select c.oid, c.relpages, n.nspname, c.relname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and not c.relispartition
    and (
      c.relpages * current_setting('block_size')::int8 >= 8589934592
      -- Filled, and never counted.
      or c.relpages = 0 and pg_stat_get_tuples_inserted(c.oid) >= 1000000
    )
    and not exists (select from pg_inherits h where h.inhparent = c.oid)
    and not exists (select from pg_inherits h where h.inhrelid = c.oid)
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
)
select
  quote_ident(l.nspname) || '.' || quote_ident(l.relname) as object,
  case when l.relpages > 0 then l.relpages * current_setting('block_size')::int8 end as size,
  quote_ident(t.attname) as "column",
  case when l.relpages = 0 then 'it was filled, and nothing has measured it since' end as unknown,
  case when l.relpages = 0 then 'ANALYZE ' || quote_ident(l.nspname) || '.' || quote_ident(l.relname) || ';' end as remedy
from large l
cross join lateral (
  select a.attname
  from pg_attribute a
  where a.attrelid = l.oid and a.attnum > 0 and not a.attisdropped and a.attnotnull
    and a.atttypid in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
    and a.attname !~* '(updated|modified|changed|expire|delete)'
  order by a.attname !~* '(created|occurred|recorded|logged|time|inserted)', a.attnum
  limit 1
) t
order by size desc, object;
