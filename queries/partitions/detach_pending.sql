/*
title: Partition whose detaching did not end
kind: finding
about: table
why: |
  DETACH PARTITION … CONCURRENTLY works in two transactions. When the second one was cancelled or failed, the partition
  is neither in nor out: queries that began later do not see its rows, nothing can be inserted through the parent, and no
  other partition of it can be detached concurrently. While such a statement is under way it looks the same.
says: "it is being detached from {parent}, or that was interrupted"
fix: { sql: "ALTER TABLE {parent} DETACH PARTITION {object} FINALIZE;" }
fix_lock: SHARE UPDATE EXCLUSIVE on the parent and ACCESS EXCLUSIVE on the partition, for a moment, after it has waited for older transactions
evidence: catalog
columns:
  object: name
  parent: name
*/
-- Before 14 nothing is detached in two steps.
select null as object, null as parent, 0::int8 as population;
