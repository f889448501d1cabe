/*
title: Default partition that holds rows
kind: finding
about: table
why: |
  What no partition takes falls into the default one. Then a partition for it cannot be added until its rows are
  moved, adding any other scans the default partition under ACCESS EXCLUSIVE, and queries read it in vain. The
  catalog knows the rows of the last vacuum or analyze, the counters those since: both can be behind.
says: "about {rows} rows in {partition}"
fix: { advice: "make a table for the missing range, move its rows over in batches with DELETE … RETURNING, and attach it with a CHECK constraint on the default partition that rules them out, so that ATTACH does not scan it" }
evidence: counters
needs: { primary: true }
columns:
  object: name
  partition: name
  rows: count
*/
with fallback as materialized (
  select p.partrelid, n.nspname, c.relname, greatest(c.reltuples::int8, pg_stat_get_live_tuples(c.oid)) as rows
  from pg_partitioned_table p
  -- What is partitioned further has rows only below.
  join pg_class c on c.oid = p.partdefid and c.relkind = 'r'
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
)
select
  quote_ident(rn.nspname) || '.' || quote_ident(r.relname) as object,
  quote_ident(f.nspname) || '.' || quote_ident(f.relname) as partition,
  f.rows,
  p.population
from (select count(*) as population from fallback) p
left join (
  fallback f
  join pg_class r on r.oid = f.partrelid
  join pg_namespace rn on rn.oid = r.relnamespace
) on f.rows > 0
order by f.rows desc, object;
