/*
title: Tables by dead rows
kind: reading
about: table
why: >
  Dead rows are the part of bloat that plain vacuum can still remove. What earlier dead rows left behind, free
  space inside tables and indexes, stands in bloat/heap, bloat/btree and bloat/toast.
evidence: counters
needs: { primary: true, setting: { track_counts: "on" } }
from: [tables]
compute: top
with: { by: dead, rows: 20 }
columns:
  object: name
  dead: count
  live: count
  dead_to_live: ratio
  vacuumed: since
*/
