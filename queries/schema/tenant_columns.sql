/*
title: Table that keeps tenants apart less than others
kind: finding
about: table
why: |
  Where most tables hold the rows of many tenants, told apart by one column, that column is NOT NULL, begins an index and is
  what row level security looks at. A table that lacks what most of the others have shows the rows of one tenant to
  another, or hides rows that belong to nobody. Only what three of four tables have counts as the rule, so that a database
  whose application keeps tenants apart by itself is not told to have row level security, and nobody is let in by row level
  security to a table on which only its owner has rights.
says: "{column} has no {lacks}, unlike most tables with this column"
fix: { advice: "fill the column and SET NOT NULL; CREATE INDEX CONCURRENTLY on it; ALTER TABLE … ENABLE ROW LEVEL SECURITY together with the policy that the other tables have, since without a policy nobody but the owner sees a row" }
severity: info
evidence: catalog
from: columns
compute: tenant_columns
columns:
  object: name
  column: name
  lacks: text
  exposed: flag
*/
