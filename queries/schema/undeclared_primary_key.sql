/*
title: Table without a primary key that may do without
kind: finding
about: table
why: |
  A unique index over NOT NULL columns tells the rows apart as well as a primary key does, but tools and
  logical replication look for the key. An unlogged table is scratch space by declaration, and what is
  partitioned by time is often a log of which no row is ever updated: there its owner decides.
says: "{state}"
fix: { sql: "{statement};" }
fix_lock: ACCESS EXCLUSIVE for a moment; the index exists already and the columns are NOT NULL
severity: info
evidence: catalog
population: population.whole_tables
from: [keyless]
compute: pick
with: { where: excused, sparse: true }
yields_to: [schema/no_replica_identity, schema/link_without_unique, schema/unlogged_tables]
columns:
  object: name
  state: text
  statement: text
*/
