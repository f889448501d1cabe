/*
title: What there is to judge
kind: fact
why: >
  Shares are taken of these numbers. They count what the checks look at: relations of users, without
  those of extensions and without temporary ones. Sizes are what vacuum and analyze wrote down last.
evidence: planner
columns: { tables: count, whole_tables: count, indexes: count, whole_indexes: count, table_bytes: bytes, index_bytes: bytes, bytes: bytes }
*/
with mine as (
  select c.relkind, c.relispartition, c.relpages::int8 as pages, t.relpages::int8 + x.relpages as toast_pages
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_class t on t.oid = c.reltoastrelid
  left join pg_index ti on ti.indrelid = t.oid
  left join pg_class x on x.oid = ti.indexrelid
  where c.relkind in ('r', 'm', 'p', 'i', 'I')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), sums as (
  select
    count(*) filter (where relkind in ('r', 'p')) as tables,
    -- Without the parts of partitioned tables.
    count(*) filter (where relkind in ('r', 'p') and not relispartition) as whole_tables,
    count(*) filter (where relkind = 'i') as indexes,
    -- Without the parts of partitioned indexes.
    count(*) filter (where relkind = 'i' and not relispartition) as whole_indexes,
    (sum(pages) filter (where relkind in ('r', 'm')))::int8 as table_pages,
    (sum(pages) filter (where relkind = 'i'))::int8 as index_pages,
    sum(toast_pages)::int8 as toast_pages
  from mine
)
select
  tables,
  whole_tables,
  indexes,
  whole_indexes,
  table_pages * current_setting('block_size')::int8 as table_bytes,
  index_pages * current_setting('block_size')::int8 as index_bytes,
  -- A schema without any table, index or TOAST table has none of these pages.
  (coalesce(table_pages, 0) + coalesce(index_pages, 0) + coalesce(toast_pages, 0)) * current_setting('block_size')::int8 as bytes
from sums;
