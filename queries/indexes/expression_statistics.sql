/*
title: Expression index without statistics
kind: reading
about: index
severity: info
why: |
  ANALYZE keeps statistics of the expression of an index, and from them the planner knows how many rows a condition on it
  leaves. After CREATE INDEX there are none until the table is analyzed again, and autovacuum does that only when enough
  rows have changed: on a settled table never. Until then the planner guesses, and may leave the new index alone.
says: "the planner knows nothing of its expression: {table} was not analyzed since the index was built"
fix: { sql: "ANALYZE {table};" }
fix_lock: SHARE UPDATE EXCLUSIVE while it reads a sample; reads and writes go on
evidence: planner
yields_to: [tables/stale_statistics, indexes/invalid]
from: [key_columns]
compute: pick
with: { where: unsampled }
columns:
  object: name
  table: name
  rows: number
*/
