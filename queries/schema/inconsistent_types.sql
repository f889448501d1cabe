/*
title: Column of one name with different types
kind: finding
about: column
why: |
  References (user_id) and times (sent_at) mean the same wherever they stand. Where their types differ, a join compares
  through a cast, the narrower one overflows first, and code that is written for one fails with the other.

  text, varchar and char(n) count as one type, and so do timestamps with and without a zone. Left out are types that users
  made, logs and events, names that mean another thing in each table (external_id, parent_id, object_id), and names whose
  columns are all foreign keys: each has the type of what it refers to.
says: "{list}"
fix: { advice: "choose one type for new columns, the widest that is there; a foreign key whose types differ comes first" }
severity: info
evidence: catalog
from: columns
compute: inconsistent_types
columns:
  object: name
  columns: count
  list: text
*/
