/*
title: Index that is mostly free space
kind: reading
about: index
why: |
  Deleted and moved rows leave free space in the leaf pages of a B-tree, which is only used again by keys of the
  same range: an index on something that grows, whose old rows are deleted, stays large for ever. Every scan and
  the cache pay for it. An index that is filled in random order rests 20 to 40 % above its rebuilt size, which is
  healthy and no finding.

  The size after a rebuild is computed from the catalogs: the width and alignment of the keys, NULLs, INCLUDE, the
  fill factor, and how far equal keys share posting lists. `doubt` says where statistics leave the latter open:
  CREATE STATISTICS (ndistinct) on the key columns tells how they combine. Where pgstattuple is installed and
  allowed, the worst indexes are measured. GIN, GiST, BRIN and hash indexes are not assessed: no catalog tells how
  large they should be.
says: "{ratio} of {size} would be freed ({method}): a rebuild leaves {expected}"
fix: { sql: "REINDEX INDEX CONCURRENTLY {object};" }
fix_lock: SHARE UPDATE EXCLUSIVE on the table; reads and writes go on; waits until older transactions have ended; needs room on disk for the new index beside the old one
evidence: planner
needs: { primary: true }
yields_to: [indexes/unused]
from: [btrees, widths]
compute: btree_bloat
with: { rows: 20, ratio: 0.2, stale: 0.2 }
columns:
  object: name
  relation: oid
  table: name
  size: bytes
  expected: bytes
  reclaimable: bytes
  ratio: ratio
  method: text
  doubt: text
  cataloged: bytes
  fill: ratio
hidden: [cataloged, fill]
takes: [expected, cataloged, fill, doubt]
detail: |
  select s.size,
    greatest(s.size - $2, 0) as reclaimable,
    greatest(1 - $2 / nullif(s.size, 0)::float8, 0) as ratio
  from pg_class c
  cross join lateral (select pg_relation_size(c.oid) as size) s
  where c.oid = $1 and $3 >= 0 and $4 > 0 and ($5 is null or $5 <> '')
largest_first: reclaimable
measure:
  needs: { extension: pgstattuple, execute: "{ext:pgstattuple}.pgstatindex(regclass)" }
  reads: size
  budget: 1 GB
  sql: |
    select 'measured' as method,
      m.expected::int8 as expected,
      greatest(a.index_size - m.expected, 0)::int8 as reclaimable,
      greatest(1 - m.expected / nullif(a.index_size, 0), 0) as ratio
    from pg_class c
    cross join lateral (select * from {ext:pgstattuple}.pgstatindex(c.oid)) a
    -- Leaf pages as a rebuild fills them: $4 is the share that it fills of each.
    cross join lateral (select a.leaf_pages * a.avg_leaf_density / 100 / $4 as leaves) l
    cross join lateral (
      select least(
        current_setting('block_size')::float8 * (1 + l.leaves + l.leaves * a.internal_pages / a.leaf_pages),
        -- A rebuild also merges posting lists; where no doubt is left how far, it frees more than free space.
        case when $5 is null then $2::float8 end
      ) as expected
    ) m
    where c.oid = $1 and $3 >= 0 and a.leaf_pages > 0 and a.avg_leaf_density <> 'NaN'
*/
