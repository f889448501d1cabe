/*
title: Column types on which experts differ
kind: finding
about: rule
why: |
  One finding for each rule, with the columns that it is about, and none of them a fault by itself. char(n) pads
  with blanks (codes of up to three letters are left out); json keeps the text as it came, jsonb can be indexed
  and compared; varchar(n) makes a limit that only a change of the table moves; serial is what identity columns
  replaced; an IP address as text sorts and compares as text.
says: "{columns} columns: {list}"
fix: { advice: "{instead}" }
severity: info
evidence: catalog
from: columns
compute: column_rules
with:
  json: use jsonb, unless the order of keys or their repetition matters
  char(n): use text, with CHECK (length(…) = n) where the length matters
  IP address as text: use inet
  varchar(n): use text, with a CHECK constraint where the limit is meant
  serial: use GENERATED … AS IDENTITY for new columns
columns:
  object: name
  columns: count
  list: text
  instead: text
*/
