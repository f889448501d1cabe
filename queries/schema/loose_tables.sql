/*
title: Table that says little about its rows
kind: finding
about: table
why: |
  Either all columns outside of the primary key may be NULL, so that a row that says nothing is a good one; or
  there is a single column or none, which often is what a migration left half done. Tables of identifiers, whose
  one column is their key, are left out, and so are partitions, tables of migration tools and tables that inherit.
says: "{state}"
fix: { advice: "ask what a row means without each of its columns: those that always are there become NOT NULL" }
severity: info
evidence: catalog
population: population.whole_tables
yields_to: [schema/no_primary_key, schema/undeclared_primary_key]
from: columns
compute: loose_tables
columns:
  object: name
  state: text
*/
