/*
title: Share of blocks found in shared buffers
kind: reading
about: kind of relation
why: |
  A block that is not in shared buffers has to come from the operating system's cache or from disk. The share is
  that of all blocks that queries on this database asked for since the counters began, tables and indexes apart.
  It says nothing about this moment, and a miss may still be served from the operating system's cache.
says: "{ratio} of {blocks} blocks were found in shared buffers"
fix: { advice: "look at the largest readers (pgaudit check statements tables/largest): a missing index reads far more than it needs; then consider a larger shared_buffers" }
evidence: counters
needs: { setting: { track_counts: "on" } }
from: [tables, indexes]
compute: hit_ratio
columns:
  object: name
  blocks: count
  hits: count
  ratio: ratio
*/
