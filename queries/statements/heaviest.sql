/*
title: Heaviest statements by total time
kind: reading
about: statement
why: |
  Where the time of the server goes: a statement of 2 ms that runs a million times an hour weighs more than
  a report that takes a minute. Only queries and data changes count; statements of pgaudit are left out.
evidence: counters
needs: { counters: statements }
from: [statements]
compute: top
with: { by: total, rows: 20 }
columns:
  object: name
  total: milliseconds
  share: ratio
  calls: count
  mean: milliseconds
  query: text
*/
