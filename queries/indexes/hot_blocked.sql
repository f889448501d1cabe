/*
title: Updates that are written to every index
kind: reading
about: table
severity: info
why: |
  An update that changes no indexed column, and finds room on its page, is a heap-only one: no index learns of it, and the
  next reader of the page removes the old version. All others are written to each index and wait for vacuum. Either an
  index holds a column that is updated all the time, which PostgreSQL does not count by column; or pages are full.

  From 16 on updates that moved to another page are counted: where most of the others did, room is missing, and a lower
  fillfactor helps; where they did not, an index stands in the way. From 16 on BRIN indexes are in nobody's way.
says: "{hot_share} of {updates} updates were heap-only, with {indexes} indexes and a fillfactor of {fillfactor}; {others}"
fix: { advice: "see which indexed column the frequent UPDATE changes, and whether that index is worth it; where updates mostly move to another page, lower the fillfactor" }
evidence: counters
needs: { counters: database, primary: true }
columns:
  object: name
  updates: count
  hot_share: ratio
  indexes: count
  fillfactor: number
  others: text
*/
with updated as materialized (
  select c.oid, n.nspname, c.relname, c.reloptions, pg_stat_get_tuples_updated(c.oid) as updates, pg_stat_get_tuples_hot_updated(c.oid) as hot
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  -- The last vacuum or analyze saw a page; who was updated so often since without one is told as never analyzed.
  where c.relkind = 'r' and c.relhasindex and c.relpages >= 8
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
)
select
  quote_ident(u.nspname) || '.' || quote_ident(u.relname) as object,
  u.updates,
  u.hot / u.updates::float8 as hot_share,
  (select count(*) from pg_index i where i.indrelid = u.oid) as indexes,
  coalesce(o.fillfactor, 100) as fillfactor,
  'whether the others lacked room on their page is not known before 16' as others
from updated u
cross join lateral (
  select max(option_value::float8) filter (where option_name = 'fillfactor') as fillfactor
  from pg_options_to_table(u.reloptions)
) o
where u.updates >= 10000 and u.hot < u.updates / 2
order by u.updates - u.hot desc, object;
