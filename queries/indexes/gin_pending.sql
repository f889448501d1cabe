/*
title: GIN index with a long list of pending entries
kind: reading
about: index
severity: info
why: |
  A GIN index with fastupdate puts new entries on a list first, and every search reads that list from end to end. It is
  merged when a writer fills it beyond gin_pending_list_limit, who then waits for it, or when the table is vacuumed or
  analyzed. A raised limit, or a table that autovacuum seldom visits, leaves it long.

  Only pgstattuple can tell how long it is; no catalog and no counter does. Indexes with fastupdate off have none.
says: "{pending} of pending entries, which each search reads first; merged at {limit}"
fix: { advice: "VACUUM the table, or SELECT gin_clean_pending_list('{object}'); then lower gin_pending_list_limit of the index, or let autovacuum visit its table more often" }
evidence: runtime
needs: { extension: pgstattuple, execute: "{ext:pgstattuple}.pgstatginindex(regclass)", primary: true }
columns:
  object: name
  relation: oid
  limit: bytes
  pending: bytes
  rows: count
largest_first: pending
detail: |
  select p.pending_pages * current_setting('block_size')::int8 as pending, p.pending_tuples as rows
  from {ext:pgstattuple}.pgstatginindex($1) p
*/
with mine as materialized (
  select c.oid, n.nspname, c.relname, c.relpages,
    coalesce(o."limit", (select s.setting::int8 from pg_settings s where s.name = 'gin_pending_list_limit')) * 1024 as "limit",
    o.fastupdate
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (
    select max(option_value::int8) filter (where option_name = 'gin_pending_list_limit') as "limit",
      bool_and(option_value::bool) filter (where option_name = 'fastupdate') as fastupdate
    from pg_options_to_table(c.reloptions)
  ) o
  where c.relkind = 'i' and c.relam = (select m.oid from pg_am m where m.amname = 'gin')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
)
select
  quote_ident(m.nspname) || '.' || quote_ident(m.relname) as object,
  m.oid as relation,
  m."limit",
  null::int8 as pending,
  null::int8 as rows,
  p.population
from (select count(*) as population from mine) p
left join mine m on m.fastupdate is not false
order by m."limit" desc, m.relpages desc, object;
