/*
title: Column that looks like a foreign key
kind: finding
about: table
why: |
  A column named after a table of the same schema, with the type of its key, and nothing that keeps it from
  naming a row that does not exist. It may be meant so: a reference across a sharded table, an archive that
  outlives its parents. Left out are pairs with a type (commentable_id with commentable_type), columns of a
  foreign key of any kind and those that are the key.
says: "{list}"
fix: { advice: "delete or mend the orphans, ADD FOREIGN KEY … NOT VALID, then VALIDATE CONSTRAINT; index the column first" }
severity: info
evidence: catalog
population: population.whole_tables
from: columns
compute: missing_foreign_keys
columns:
  object: name
  columns: count
  list: text
*/
