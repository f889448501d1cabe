/*
title: Planner statistics far behind the table
kind: reading
about: table
why: |
  The planner chooses plans by what the last ANALYZE saw. A table is listed when the rows modified since
  then exceed the threshold at which its own autovacuum analyzes it (threshold + scale factor × rows, with
  the options of the table); several times that means that autovacuum does not get to it, or may not.
says: "{modified} rows modified since the last analyze, {times} its threshold"
fix: { sql: "ANALYZE {object};" }
fix_lock: SHARE UPDATE EXCLUSIVE while it reads a sample; reads and writes go on
evidence: counters
needs: { primary: true, setting: { track_counts: "on" } }
yields_to: tables/dead_rows
from: [tables]
compute: pick
with: { where: analyze_due, by: modified, as: { times: analyze_times } }
columns:
  object: name
  modified: count
  live: count
  times: times
  analyzed: since
*/
