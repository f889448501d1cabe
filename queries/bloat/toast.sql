/*
title: TOAST table that is mostly free space
kind: reading
about: table
why: |
  Long values live in a TOAST table of their own, which grows and bloats apart from the rows; updates of long
  documents leave the most. Its pages hold at least four chunks each, so that its chunks, which vacuum counts,
  and a quarter of a page for each, are the most that a rewrite leaves: the figure is a lower bound. pgstattuple would
  not tell more: how the last chunks of values fill their pages, only a rewrite shows.
says: "{ratio} of {size} would be freed ({method})"
fix:
  advice: >-
    {online} rewrites the table with its TOAST while reads and writes go on. VACUUM (FULL, ANALYZE) {object}; does
    the same, but holds ACCESS EXCLUSIVE for as long as it takes: nothing reads or writes the table. Both need room on disk for a second
    copy of the table, its TOAST and its indexes.
evidence: planner
needs: { primary: true }
columns:
  object: name
  relation: oid
  size: bytes
  expected: bytes
  reclaimable: bytes
  ratio: ratio
  dead: count
  method: text
  online: text
hidden: [online]
takes: [expected]
detail: |
  select s.size,
    greatest(s.size - $2, 0) as reclaimable,
    greatest(1 - $2 / nullif(s.size, 0)::float8, 0) as ratio
  from pg_class c
  cross join lateral (select pg_relation_size(c.oid) as size) s
  where c.oid = $1
*/
with block as (select current_setting('block_size')::int8 as bytes),
online as (
  select max(e.extname::text) as name
  from pg_extension e
  where e.extname in ('pg_repack', 'pg_squeeze')
), mine as (
  select t.oid, n.nspname, c.relname, t.relpages, t.reltuples,
    pg_stat_get_ins_since_vacuum(t.oid) as inserted,
    pg_stat_get_dead_tuples(t.oid) as dead
  from pg_class t
  join pg_class c on c.reltoastrelid = t.oid
  join pg_namespace n on n.oid = c.relnamespace
  where t.relkind = 't' and c.relkind in ('r', 'm')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), large as (
  select m.*, o.name as online,
    -- Never vacuumed: nobody has counted its chunks. Up to 13, zero stands for that as well.
    m.reltuples < 0 or m.relpages = 0 as uncounted
  from mine m
  cross join block
  cross join online o
  -- Zero pages before the first vacuum is a size that nobody knows; four thousand chunks are 8 MB.
  where m.relpages * bytes >= 8388608 or (m.relpages = 0 and m.inserted >= 4000)
)
select
  quote_ident(l.nspname) || '.' || quote_ident(l.relname) as object,
  l.oid as relation,
  s.size,
  e.expected,
  greatest(s.size - e.expected, 0) as reclaimable,
  greatest(1 - e.expected / nullif(s.size, 0)::float8, 0) as ratio,
  l.dead,
  'at least' as method,
  coalesce(l.online, 'pg_repack or pg_squeeze, where it is installed,') as online,
  case when l.uncounted then 'its TOAST table has never been vacuumed' end as unknown,
  case when l.uncounted then 'VACUUM (ANALYZE) ' || quote_ident(l.nspname) || '.' || quote_ident(l.relname) || ';' end as remedy,
  p.population
from (select count(*) as population from mine) p
left join (
  large l
  cross join block b
  cross join lateral (select l.relpages * b.bytes as size) s
  cross join lateral (
    -- `TOAST_TUPLES_PER_PAGE` of access/heaptoast.h is 4. Chunks that came after the last vacuum only add to them.
    select case when not l.uncounted then (ceil((l.reltuples + l.inserted) / 4) * b.bytes)::int8 end as expected
  ) e
) on true
order by reclaimable desc nulls last, object;
