/*
title: Names of tables and columns that are in the way
kind: finding
about: rule
why: |
  One finding for each rule, with the names that it is about. A name with capitals, blanks or other signs has to
  be quoted each time, and is another one without quotes; a reserved word has to be quoted as well. A name of 63
  bytes is most likely the beginning of a longer one: PostgreSQL cuts without an error, and two names that begin
  alike collide. Names that an ORM quotes by itself hurt only those who write SQL.
says: "{names} names: {list}"
fix: { advice: "{instead}" }
severity: info
evidence: catalog
from: columns
compute: column_rules
with:
  needs quotes: prefer lower case with underscores; a rename breaks whoever uses the old name, a view can keep it alive
  reserved word: prefer another word for new tables and columns (account for user, position for order)
  63 bytes long: choose shorter names, and see that what generates them does
columns:
  object: name
  names: count
  list: text
  instead: text
*/
