/*
title: Partition without an index that its siblings have
kind: finding
about: index
why: |
  A query is as slow as the slowest partition that it reads. Either an index of the partitioned table is not complete: it
  was made ON ONLY, and never had a part attached for each partition, so that it is invalid, the planner cannot rely on it,
  and a unique one enforces nothing. Or there is no index on the root, and most partitions have an index of their own that
  a few lack, most often the newest. Old partitions of an archive may lack it on purpose, hence the note.
says: "{lacking} of {partitions} partitions lack it: {list}"
fix: { advice: "build it on each of them with CREATE INDEX CONCURRENTLY and attach it with ALTER INDEX … ATTACH PARTITION; for indexes without one on the root, first CREATE INDEX … ON ONLY the root, and each new partition has it by itself" }
severity: info
evidence: catalog
columns:
  object: name
  incomplete: flag
  lacking: count
  partitions: count
  list: text
*/
with part as materialized (
  select h.inhparent, c.oid, c.relkind, n.nspname, c.relname
  from pg_inherits h
  join pg_class c on c.oid = h.inhrelid and c.relispartition and c.relkind in ('r', 'p')
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), root as materialized (
  select p.inhparent as oid, count(*) as partitions
  from part p
  group by p.inhparent
), incomplete as (
  select i.indexrelid, i.indrelid
  from pg_index i
  join root r on r.oid = i.indrelid
  where not i.indisvalid
), loose as materialized (
  -- Indexes that no index of the root brought, told by the names of their columns: those of partitions may have other numbers.
  select p.inhparent, p.oid, i.indexrelid, k.columns, i.indclass::text as classes, i.indcollation::text as collations, i.indoption::text as options, i.indisunique, i.indnkeyatts
  from pg_index i
  join part p on p.oid = i.indrelid and p.relkind = 'r'
  cross join lateral (
    select string_agg(quote_ident(a.attname), ', ' order by u.at) as columns
    from unnest(i.indkey::int2[]) with ordinality as u (attnum, at)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.attnum
  ) k
  where i.indisvalid and i.indexprs is null and i.indpred is null
    and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)
), shared as (
  select l.inhparent, l.columns, count(distinct l.oid) as having_it
  from loose l
  group by l.inhparent, l.columns, l.classes, l.collations, l.options, l.indisunique, l.indnkeyatts
), found as (
  select i.indrelid as root, true as incomplete, quote_ident(n.nspname) || '.' || quote_ident(x.relname) as object,
    p.nspname, p.relname
  from incomplete i
  join pg_class x on x.oid = i.indexrelid
  join pg_namespace n on n.oid = x.relnamespace
  join part p on p.inhparent = i.indrelid
  where not exists (
    select from pg_inherits h
    join pg_index k on k.indexrelid = h.inhrelid
    where h.inhparent = i.indexrelid and k.indrelid = p.oid
      -- What is partitioned further and has its part is told there.
      and (k.indisvalid or p.relkind = 'p')
  )
  union all
  select s.inhparent, false, quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' (' || s.columns || ')',
    p.nspname, p.relname
  from shared s
  join root r on r.oid = s.inhparent
  join pg_class c on c.oid = s.inhparent
  join pg_namespace n on n.oid = c.relnamespace
  join part p on p.inhparent = s.inhparent and p.relkind = 'r'
  where s.having_it >= 2 and s.having_it * 2 > r.partitions and s.having_it < r.partitions
    and not exists (
      -- Any index that begins with these columns.
      select from pg_index i
      cross join lateral (
        select string_agg(quote_ident(a.attname), ', ' order by u.at) as columns
        from unnest(i.indkey::int2[]) with ordinality as u (attnum, at)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.attnum
      ) k
      where i.indrelid = p.oid and i.indisvalid and i.indexprs is null and i.indpred is null
        and (k.columns = s.columns or left(k.columns, length(s.columns) + 2) = s.columns || ', ')
    )
), told as (
  select f.root, f.object, f.incomplete, count(*) as lacking,
    (array_agg(quote_ident(f.nspname) || '.' || quote_ident(f.relname) order by f.nspname, f.relname))[1:10] as first
  from found f
  group by f.root, f.object, f.incomplete
)
select
  t.object,
  t.incomplete,
  t.lacking,
  r.partitions,
  array_to_string(t.first, ', ') || case when t.lacking > 10 then format(' and %s more', t.lacking - 10) else '' end as list,
  p.population
from (select count(*) as population from root) p
left join (told t join root r on r.oid = t.root) on true
order by t.object;
