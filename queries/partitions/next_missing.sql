/*
title: Next partition is missing
kind: reading
about: table
why: |
  A table that is partitioned by time needs its next partition before the last one ends: from then on each
  INSERT fails, or falls into the default partition, from where it has to be moved. Judged is the range by a
  single date or timestamp, by the end of the partitions that hold the present without a gap, and by how long the last is. A table whose last
  partition ended more than three of its lengths, and 90 days, ago is an archive and left out.
says: "its partitions end {ends}, each about {width} long; {beyond}"
fix: { advice: "create the next partitions ahead, by a job that watches itself: CREATE TABLE … (LIKE …), then ATTACH PARTITION, which takes SHARE UPDATE EXCLUSIVE only; with rows in the default partition, ATTACH scans it under ACCESS EXCLUSIVE unless a CHECK constraint rules them out" }
evidence: runtime
columns:
  object: name
  ends: time
  left: seconds
  widths_left: times
  width: seconds
  has_default: flag
  beyond: text
*/
with by_time as materialized (
  select c.oid, n.nspname, c.relname, p.partdefid
  from pg_partitioned_table p
  join pg_class c on c.oid = p.partrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum = p.partattrs[0]
  where p.partstrat = 'r' and p.partnatts = 1
    and a.atttypid in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), bound as materialized (
  select b.oid, nullif(split_part(t.upper, '''', 2), '')::timestamptz as upto, nullif(split_part(t.lower, '''', 2), '')::timestamptz as since
  from by_time b
  join pg_inherits h on h.inhparent = b.oid
  join pg_class c on c.oid = h.inhrelid and c.oid <> b.partdefid
  -- FOR VALUES FROM ('…') TO ('…'), without quotes for MINVALUE and MAXVALUE: constants, for which nothing is looked up.
  cross join lateral (select pg_get_expr(c.relpartbound, 0) as bound) e
  cross join lateral (select split_part(e.bound, ' TO (', 1) as lower, split_part(e.bound, ' TO (', 2) as upper) t
), reached as (
  select b.oid, b.since, b.upto, max(b.upto) over (partition by b.oid order by b.since, b.upto rows between unbounded preceding and 1 preceding) as before
  from (select oid, coalesce(since, '-infinity') as since, coalesce(upto, 'infinity') as upto from bound) b
), counted as (
  select r.*, count(*) filter (where r.since > r.before) over (partition by r.oid order by r.since, r.upto) as run
  from reached r
), run as (
  -- Partitions without a gap between them.
  select c.oid, min(c.since) as since, max(c.upto) as upto, (array_agg(c.since order by c.upto desc))[1] as last
  from counted c
  group by c.oid, c.run
), judged as (
  -- The one that holds this moment, or else that which ended last.
  select distinct on (r.oid) t.nspname, t.relname, t.partdefid <> 0 as has_default, r.upto,
    case when isfinite(r.upto) then extract(epoch from r.upto - now())::float8 end as "left",
    case when isfinite(r.last) and isfinite(r.upto) then extract(epoch from r.upto - r.last)::float8 end as width
  from run r
  join by_time t on t.oid = r.oid
  order by r.oid, r.since <= now() and now() < r.upto desc, case when r.upto <= now() then r.upto end desc nulls last, r.since
)
select
  quote_ident(j.nspname) || '.' || quote_ident(j.relname) as object,
  j.upto as ends,
  j."left",
  j."left" / nullif(j.width, 0) as widths_left,
  j.width,
  j.has_default,
  case when j.has_default then 'what comes later falls into the default partition' else 'what comes later is refused' end as beyond,
  p.population
from (select count(*) as population from by_time) p
left join judged j on j."left" > - greatest(3 * j.width, 90 * 86400)
order by j."left", object;
