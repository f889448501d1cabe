/*
title: Slowest statements by mean time
kind: reading
about: statement
why: |
  Statements that run often and take long each time, with their part of the time of all statements in this
  database. Only queries and data changes count, called at least 100 times: otherwise the COPY of a dump or an
  index build always leads. Statements of pgaudit itself are left out.
says: "{mean} on average over {calls} calls, {share} of all statement time: {query}"
fix: { advice: "EXPLAIN (ANALYZE, BUFFERS) it with typical values: look for a sequential scan, a sort on disk or a row estimate that is far off" }
evidence: counters
needs: { counters: statements }
from: [statements]
compute: top
with: { by: repeated_mean, rows: 100 }
columns:
  object: name
  mean: milliseconds
  calls: count
  share: ratio
  rows_per_call: number
  query: text
*/
