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
needs: { primary: true }
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
  case when f.allowed is not true then 'only pgstattuple tells how long its list is' end as unknown,
  case
    when f.allowed is null then 'CREATE EXTENSION pgstattuple;'
    when not f.allowed then 'GRANT pg_stat_scan_tables TO ' || quote_ident(current_user) || ';'
  end as remedy,
  p.population
from (select count(*) as population from mine) p
left join mine m on m.fastupdate is not false
left join (
  select bool_or(has_function_privilege(f.oid, 'EXECUTE')) as allowed
  from pg_extension x
  join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = x.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e'
  join pg_proc f on f.oid = d.objid and f.proname = 'pgstatginindex'
  where x.extname = 'pgstattuple'
) f on true
order by m."limit" desc, m.relpages desc, object;
