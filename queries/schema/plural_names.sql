/*
title: Tables named in the singular and in the plural
kind: finding
about: schema
why: |
  Whoever writes SQL has to look up each name. Either habit is good; judged is the last word of each name, where it
  tells. A few strangers are no mixture, and links, whose keys have several columns, are named after what they link.
says: "{tables} of its tables are named in the {number}, {others} are not: {list}"
fix: { advice: "take the more frequent form for new tables; a rename breaks whoever uses the old name, a view can keep it alive" }
severity: info
evidence: catalog
from: columns
compute: plural_names
columns:
  object: name
  number: text
  tables: count
  others: count
  list: text
*/
