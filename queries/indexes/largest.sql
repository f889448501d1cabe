/*
title: Largest indexes
kind: reading
about: index
why: >
  Indexes often take more space than the rows, and each of them is written with every row. The number of
  scans since the counters began says which of the large ones queries use on this server.
evidence: counters
from: [indexes]
compute: top
with: { by: weight, rows: 20 }
columns:
  object: name
  relation: oid
  table: name
  size: bytes
  scans: count
largest_first: size
detail: select pg_relation_size(c.oid) as size from pg_class c where c.oid = $1
*/
