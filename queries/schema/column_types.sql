/*
title: Column types that hold other than what is meant
kind: finding
about: rule
why: |
  One finding for each rule, with the columns that break it. money rounds to the currency of the session that
  reads it; floating point cannot hold most decimal fractions, so that sums of amounts drift; timestamp without
  time zone is a moment only to those who know which zone was meant; time with time zone has an offset but no
  date that would give it a meaning; a UUID kept as text takes twice the room and compares by the collation.

  A domain is what it is over. Partitions count with their root; what extensions brought and the tables in
  which migration tools keep their state do not count.
says: "{columns} columns: {list}"
fix: { advice: "{instead}" }
evidence: catalog
from: columns
compute: column_rules
with:
  money: use numeric with the currency in a column of its own
  time with time zone: use timestamptz, or time and the name of the zone
  timestamp without time zone: "use timestamptz: ALTER … TYPE timestamptz USING column AT TIME ZONE 'UTC' rewrites the table, save with the session in UTC"
  floating point for amounts: use numeric(precision, scale), or whole cents as bigint
  uuid as text: "use uuid: ALTER … TYPE uuid USING column::uuid rewrites the table, and each column that refers to it has to change with it"
columns:
  object: name
  columns: count
  share: ratio
  list: text
  instead: text
*/
