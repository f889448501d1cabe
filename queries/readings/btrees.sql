/*
title: Large B-trees as their size after a rebuild is estimated
kind: shared
why: >
  What REINDEX would leave of a B-tree follows from the rows of its table, the width and the repetition of its
  keys and its fill factor. An index below 8 MB is never worth a rebuild and is only counted; one of unknown size
  is kept, and so are large indexes of other kinds, for which there is no estimate.
evidence: planner
columns:
  object: name
  relation: oid
  table: name
  heap: oid
  method: text
  block: bytes
  pages: count
  tuples: number
  table_pages: count
  table_tuples: number
  modified: count
  inserted: count
  fillfactor: number
  keys: count
  attributes: count
  deduplicates: flag
  distinct_sets: text
  key_columns: text
  partial: flag
  not_null: text
*/
with mine as materialized (
  select c.oid, n.nspname, c.relname, c.relpages, c.reltuples, c.reloptions, m.amname,
         i.indrelid, i.indkey, i.indclass, i.indcollation, i.indnkeyatts, i.indnatts, i.indisunique, i.indpred, i.indexprs
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_am m on m.oid = c.relam
  where c.relkind = 'i' and i.indisvalid
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), large as (
  select l.*, t.oid as heap, tn.nspname as table_schema, t.relname as table_name, t.relpages as table_pages, t.reltuples as table_tuples
  from mine l
  join pg_class t on t.oid = l.indrelid
  join pg_namespace tn on tn.oid = t.relnamespace
  -- An index has the size of its last vacuum, analyze or build: one that was filled since then is known by its table.
  where l.relpages * current_setting('block_size')::int8 >= 8388608
    or (l.relpages < 3 and t.relpages * current_setting('block_size')::int8 >= 8388608 and l.indpred is null)
    or t.relpages = 0
)
select
  quote_ident(l.nspname) || '.' || quote_ident(l.relname) as object,
  l.oid as relation,
  quote_ident(l.table_schema) || '.' || quote_ident(l.table_name) as "table",
  l.heap,
  l.amname::text as method,
  current_setting('block_size')::int8 as block,
  l.relpages::int8 as pages,
  case when l.reltuples >= 0 then l.reltuples::float8 end as tuples,
  l.table_pages::int8 as table_pages,
  case when l.table_tuples >= 0 and l.table_pages > 0 then l.table_tuples::float8 end as table_tuples,
  case when not pg_is_in_recovery() then pg_stat_get_mod_since_analyze(l.heap) end as modified,
  case when not pg_is_in_recovery() then pg_stat_get_tuples_inserted(l.heap) end as inserted,
  coalesce(o.fillfactor, 90) as fillfactor,
  l.indnkeyatts::int8 as keys,
  l.indnatts::int8 as attributes,
  not l.indisunique and l.indnatts = l.indnkeyatts and coalesce(o.deduplicate, true) and k.equal_image as deduplicates,
  e.distinct_sets,
  l.indkey::text as key_columns,
  l.indpred is not null as partial,
  -- Only the plain `WHERE column IS NOT NULL`; the deparsed predicate would need a lock on the table.
  substring(l.indpred::text from '^\{NULLTEST :arg \{VAR :varno 1 :varattno (\d+) [^{}]*\} :nulltesttype 1 ') as not_null,
  p.population
from (select count(*) as population from mine) p
left join (
  large l
  cross join lateral (
    select
      max(option_value::float8) filter (where option_name = 'fillfactor') as fillfactor,
      bool_and(option_value::bool) filter (where option_name = 'deduplicate_items') as deduplicate
    from pg_options_to_table(l.reloptions)
  ) o
  cross join lateral (
    -- Support function 4 says whether equal values have equal images; that of strings depends on the collation.
    select bool_and(
      exists (
        select from pg_amproc f
        where f.amprocfamily = c.opcfamily and f.amproclefttype = c.opcintype and f.amprocrighttype = c.opcintype
          and f.amprocnum = 4
      ) and coalesce(co.collisdeterministic, true)
    ) as equal_image
    from unnest(l.indclass::oid[], l.indcollation::oid[]) as x (class, collation_id)
    join pg_opclass c on c.oid = x.class
    left join pg_collation co on co.oid = x.collation_id
  ) k
  cross join lateral (
    -- Combinations that CREATE STATISTICS (ndistinct) counted.
    select string_agg(s.n_distinct::text, ' ') as distinct_sets
    from pg_stats_ext s
    where l.indnkeyatts > 1 and s.schemaname = l.table_schema and s.tablename = l.table_name and s.n_distinct is not null
  ) e
) on true;
