/*
title: Index on a column that holds very few values
kind: reading
about: index
severity: info
why: |
  Where a column has a handful of values, each of them is a large part of the table, and for a large part a sequential scan
  is cheaper. What counts is what ANALYZE saw, not the type: a boolean or an enum is told by its type already. The index
  serves where one value is rare and asked for; then a partial index is smaller and serves as well.

  Left out are indexes with further columns, with a predicate, of unique constraints, and those that serve a foreign key.
says: "{column} alone, which holds {values} values in all, one of them in {top} of the rows"
fix: { advice: "where a rare value is asked for, replace it by a partial index: CREATE INDEX CONCURRENTLY … WHERE {column} = …; where none is, drop it" }
evidence: planner
yields_to: [indexes/low_cardinality, indexes/mostly_null, indexes/redundant, indexes/unused, indexes/invalid]
from: [key_columns]
compute: pick
with: { where: few, by: size }
columns:
  object: name
  table: name
  column: name
  values: number
  top: ratio
  size: bytes
*/
