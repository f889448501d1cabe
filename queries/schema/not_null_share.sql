/*
title: Share of columns that are NOT NULL
kind: reading
about: column
why: |
  A column that may be NULL has to be thought of in each query, and a constraint that is missing lets in rows
  that the application cannot read. Columns of a primary key, of a domain that is NOT NULL and those that
  PostgreSQL generates count as NOT NULL; partitions count with their root, and the tables in which migration
  tools keep their state do not count.
says: "{share} of {columns} columns are NOT NULL"
fix: { advice: "for a column that never is NULL: ADD CHECK (… IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT, then SET NOT NULL, which does not scan the table any more, and drop the check" }
evidence: catalog
from: columns
compute: not_null_share
columns:
  object: name
  columns: count
  not_null: count
  share: ratio
*/
