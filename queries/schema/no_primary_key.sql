/*
title: Table without a primary key
kind: finding
about: table
why: |
  Two rows can be the same, and neither a foreign key nor logical replication can tell them apart. A
  partitioned table is judged at its root, a child of inheritance where its parents have a key.

  Left out are tables whose rows a unique index over NOT NULL columns already tells apart, unlogged ones and
  those that are partitioned by time, which schema/undeclared_primary_key shows, and the tables in which
  migration tools keep their state.
says: nothing tells its rows apart
fix: { advice: "add a column `id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY`, which rewrites the table under ACCESS EXCLUSIVE; or build a unique index CONCURRENTLY over columns that identify a row, set them NOT NULL and take it with ADD PRIMARY KEY USING INDEX" }
evidence: catalog
population: population.whole_tables
from: [keyless]
compute: pick
with: { where: bare, sparse: true }
yields_to: [schema/no_replica_identity, schema/link_without_unique]
columns:
  object: name
*/
