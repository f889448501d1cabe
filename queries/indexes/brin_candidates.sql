/*
title: Large B-tree that a BRIN index could replace
kind: reading
about: index
severity: info
why: |
  Where rows are only added, and a column grows with them, each range of pages holds a narrow range of values. A BRIN index
  keeps just these ranges: it is a thousandth as large, and hardly costs an insert. It serves ranges, such as a day of
  events, and not single rows: who looks those up, or sorts by the column, needs the B-tree.

  Left out are unique indexes and those that serve a foreign key, which BRIN cannot.
says: "{size} for {column}, whose values follow the rows (correlation {correlation}); {changed} rows changed or deleted against {inserted} inserted"
fix: { advice: "where queries ask for ranges only: CREATE INDEX CONCURRENTLY … USING brin ({column}), compare, then drop the B-tree" }
evidence: counters
needs: { counters: database, primary: true }
yields_to: [indexes/redundant, indexes/unused, indexes/invalid]
from: [key_columns]
compute: pick
with: { where: ordered, by: size }
columns:
  object: name
  table: name
  column: name
  size: bytes
  correlation: ratio
  inserted: count
  changed: count
  changed_to_inserted: ratio
*/
