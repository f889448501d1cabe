/*
title: Share of tables that know when a row was made
kind: reading
about: table
why: |
  When a row was made, and when it was changed last, is what an investigation asks first and what nobody can
  tell afterwards. Asked of are tables that describe something: a key of one column and at least three columns
  that are neither key nor foreign key. Not asked of are links, logs and events (by name or by a time of their
  own that is NOT NULL), lookup tables, partitions and the tables of migration tools.
says: "{share} of {tables} tables have a time of creation; {without}"
fix: { advice: "ALTER TABLE … ADD COLUMN created_at timestamptz NOT NULL DEFAULT now() rewrites nothing, but gives all rows of today the same time; for updated_at add a BEFORE UPDATE trigger" }
evidence: catalog
from: columns
compute: audit_fields
columns:
  object: name
  tables: count
  share: ratio
  without: text
*/
