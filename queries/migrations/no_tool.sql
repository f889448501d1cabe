/*
title: Schema without a migration tool
kind: reading
about: database
why: |
  Where a tool keeps its table, the schema has a version, and each environment can be brought to the same one. Without one,
  changes are made by hand, and nobody can tell what production has that the repository has not. Tools that keep their
  record outside of the database, or in a table that pgaudit does not know, are not seen.
says: "of {tables}, none is a table of a migration tool that pgaudit knows"
fix: { advice: "let a migration tool apply changes from now on; most can take over a schema that exists (a baseline)" }
evidence: catalog
from: [migration_tools]
compute: pick
with: { where: database }
columns:
  object: name
  found: count
  tables: count
*/
