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
with: { by: size, rows: 20 }
columns:
  object: name
  table: name
  size: bytes
  scans: count
*/
