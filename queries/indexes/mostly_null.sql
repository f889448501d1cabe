/*
title: Index that mostly holds NULL
kind: reading
about: index
severity: info
why: |
  A row whose column is NULL has its entry in the index as well. Where hardly any query asks for IS NULL, an index WHERE the
  column IS NOT NULL is a fraction as large, serves the same conditions, and also a foreign key on the column.

  Left out are indexes that have a predicate already, and those of constraints, which cannot have one.
says: "{nulls} of its {size} stand for NULL in {column}"
fix: { advice: "where nobody asks for IS NULL, replace it: CREATE INDEX CONCURRENTLY … WHERE {column} IS NOT NULL, then drop this one" }
evidence: planner
yields_to: [indexes/redundant, indexes/unused, indexes/invalid]
from: [key_columns]
compute: pick
with: { where: empty, by: size }
columns:
  object: name
  table: name
  column: name
  nulls: ratio
  size: bytes
*/
