/*
title: Table that is mostly free space
kind: reading
about: table
why: |
  A table never shrinks by itself: what a mass DELETE, a rewritten column or a held-back vacuum left behind stays
  free space that every scan reads, backups copy and the cache holds. Later rows fill some of it, hence the
  threshold; it matters where a large part of a large table is empty for good.

  The size after a rewrite is computed from the catalogs: the width of each column, alignment, null bitmaps with
  dropped columns, fill factor and what is left of each page. Where pgstattuple is installed and allowed, the worst
  tables are measured. TOAST stands in bloat/toast. There is no figure where more than a fifth of the rows changed
  since ANALYZE, or where this role does not see the column statistics.
says: "{ratio} of {size} would be freed ({method}): a rewrite leaves {expected}"
fix:
  advice: >-
    {online} rewrites it while reads and writes go on. VACUUM (FULL, ANALYZE) {object}; does the same, but holds
    ACCESS EXCLUSIVE for as long as it takes: nothing reads or writes the table. Both need room on disk for {expected} and for its indexes
    once more. If new rows will fill it again, leave it.
evidence: planner
needs: { primary: true }
yields_to: [tables/dead_rows]
from: [heaps, widths]
compute: heap_bloat
with: { rows: 20, ratio: 0.2, stale: 0.2 }
columns:
  object: name
  relation: oid
  size: bytes
  expected: bytes
  reclaimable: bytes
  ratio: ratio
  method: text
  doubt: text
  online: text
  cataloged: bytes
  fill: ratio
hidden: [online, cataloged, fill]
takes: [expected, cataloged, fill]
detail: |
  select s.size,
    greatest(s.size - $2, 0) as reclaimable,
    greatest(1 - $2 / nullif(s.size, 0)::float8, 0) as ratio,
    -- No counter saw it grow: they were lost, and so is what changed.
    case when s.size > 1.25 * $3 then 'it has grown since its rows were counted' end as unknown,
    case when s.size > 1.25 * $3 then 'ANALYZE ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ';' end as remedy
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (select pg_relation_size(c.oid) as size) s
  where c.oid = $1 and $4 > 0
largest_first: reclaimable
measure:
  needs: { extension: pgstattuple, execute: "{ext:pgstattuple}.pgstattuple(regclass)" }
  reads: size
  budget: 1 GB
  sql: |
    select 'measured' as method,
      m.expected::int8 as expected,
      greatest(a.table_len - m.expected, 0)::int8 as reclaimable,
      greatest(1 - m.expected / nullif(a.table_len, 0), 0) as ratio
    from pg_class c
    -- Not pgstattuple_approx(): it takes line pointers that stand for nothing any more, which 13 never frees, for rows.
    cross join lateral (select * from {ext:pgstattuple}.pgstattuple(c.oid)) a
    cross join lateral (select a.tuple_len::float8 / nullif(a.tuple_count, 0) as length) l
    -- What a row takes of its page: aligned, by half of 8 bytes on average where rows differ, and its line pointer.
    cross join lateral (
      select case when l.length = trunc(l.length) then ceil(l.length / 8) * 8 else l.length + 3.5 end + 4 as bytes
    ) r
    cross join lateral (select current_setting('block_size')::float8 as bytes) b
    -- $4 is the share of a page, its header of 24 bytes included, that fill factor and row size let rows fill.
    cross join lateral (
      select case when a.tuple_count > 0 then ceil(a.tuple_count * r.bytes / (b.bytes * $4 - 24)) * b.bytes else 0 end as expected
    ) m
    where c.oid = $1 and $2 >= 0 and $3 >= 0
      -- What a rewrite frees of dropped columns, or adds for new ones, is inside of the rows.
      and not exists (
        select from pg_attribute d
        where d.attrelid = c.oid and d.attnum > 0 and (d.attisdropped or d.atthasmissing)
      )
*/
