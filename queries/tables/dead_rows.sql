/*
title: Dead rows far past what autovacuum allows
kind: reading
about: table
why: |
  An UPDATE or DELETE leaves the old row version behind until vacuum removes it. Until then every scan
  reads it and the table grows around it. A table is listed when its dead rows exceed the threshold at
  which its own autovacuum begins (threshold + scale factor × rows, with the options of the table);
  it is a finding when they also are a large part of the live ones.

  Vacuum removes no row that an older transaction, a prepared transaction, a replication slot or the feedback of
  a standby may still see. Then that is what to end first; vacuuming before changes nothing.
says: "{dead} dead rows, {dead_to_live} of the live ones, {times} its autovacuum threshold"
fix: { sql: "VACUUM (ANALYZE) {object};" }
fix_lock: SHARE UPDATE EXCLUSIVE while it scans the table; reads and writes go on
evidence: counters
needs: { primary: true, setting: { track_counts: "on" } }
from: [tables]
compute: pick
with: { where: vacuum_due, by: dead, as: { times: vacuum_times, advice: vacuum_advice } }
columns:
  object: name
  dead: count
  live: count
  dead_to_live: ratio
  times: times
  vacuumed: since
*/
