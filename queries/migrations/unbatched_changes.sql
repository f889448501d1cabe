/*
title: Change of very many rows at once
kind: reading
about: statement
why: |
  An UPDATE or DELETE of all rows in one transaction locks each of them until its end, leaves a dead version of each for
  vacuum, and lets standbys fall behind. In batches of some thousands, each in a transaction of its own, others get in
  between, and a batch that fails costs little.
says: "{rows_per_call} rows per call, {longest} at the longest ({calls} calls): {query}"
fix: { advice: "change rows in batches by their key, each in a transaction of its own; where all rows of a period go, partition by it and drop partitions" }
evidence: counters
needs: { counters: statements }
from: [statements]
compute: pick
with: { where: bulk, by: rows_per_call, sparse: true }
columns:
  object: name
  rows_per_call: number
  longest: milliseconds
  calls: count
  query: text
*/
