/*
title: Largest tables
kind: reading
about: table
why: >
  Most of the time, the space and the risk of a change sit in a handful of tables. A large table that
  nobody expected, or one whose indexes or TOAST outgrow its rows, is the place to look first.
evidence: counters
from: [tables]
compute: top
with: { by: weight, rows: 20 }
columns:
  object: name
  relation: oid
  total: bytes
  heap: bytes
  indexes: bytes
  toast: bytes
  live: count
  dead: count
  dead_to_live: ratio
largest_first: total
detail: |
  select
    pg_total_relation_size(c.oid) as total,
    pg_relation_size(c.oid) as heap,
    pg_indexes_size(c.oid) as indexes,
    case when c.reltoastrelid <> 0 then pg_total_relation_size(c.reltoastrelid) else 0 end as toast
  from pg_class c
  where c.oid = $1
*/
