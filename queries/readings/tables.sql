/*
title: Tables and materialized views with their sizes and counters
kind: shared
why: >
  Sizes, rows and block counters of all tables are wanted by several checks. By the pg_stat_get functions
  over pg_class this costs a quarter of what pg_stat_user_tables and pg_statio_user_tables cost.
evidence: counters
columns:
  object: name
  relation: oid
  total: bytes
  weight: bytes
  heap: bytes
  indexes: bytes
  toast: bytes
  live: count
  dead: count
  dead_to_live: ratio
  vacuumed: since
  vacuum_due: flag
  vacuum_times: times
  vacuum_advice: text
  modified: count
  analyzed: since
  analyze_due: flag
  analyze_times: times
  fetched: count
  hit: count
*/
with settings as (
  select
    current_setting('block_size')::int8 as block,
    current_setting('autovacuum_vacuum_threshold')::float8 as vacuum_base,
    current_setting('autovacuum_vacuum_scale_factor')::float8 as vacuum_factor,
    current_setting('autovacuum_vacuum_max_threshold', true)::float8 as vacuum_maximum,
    current_setting('autovacuum_analyze_threshold')::float8 as analyze_base,
    current_setting('autovacuum_analyze_scale_factor')::float8 as analyze_factor
),
index_pages as (
  select i.indrelid, sum(c.relpages)::int8 as pages
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  group by i.indrelid
), sessions as materialized (
  select a.*, a.query = '<insufficient privilege>' as hidden
  from pg_stat_activity a
  where a.datname = current_database() and a.pid <> pg_backend_pid()
    -- Vacuums do not hold each other back.
    and a.backend_type is distinct from 'autovacuum worker' and not (a.state = 'active' and a.query ~* '^\s*vacuum\M')
), holder as materialized (
  select who, since
  from (
    select 'session ' || s.pid || ' of ' || coalesce(quote_ident(s.usename), 'a dropped role') || ' (' || coalesce(nullif(s.application_name, ''), 'no application name') || ')' as who,
           s.xact_start as since
    from sessions s
    -- A transaction that has written holds vacuum back by its xid, also while it has no snapshot.
    where s.backend_xmin is not null or s.backend_xid is not null
    union all
    select 'prepared transaction ' || quote_literal(p.gid), p.prepared
    from pg_prepared_xacts p
    where p.database = current_database()
    union all
    -- What a slot, or the feedback of a standby, holds back has no time; a hundred thousand transactions are no blink.
    select 'the old snapshot of ' || case when s.active then 'the standby behind ' else 'whatever last used ' end || 'replication slot ' || quote_literal(s.slot_name), null
    from pg_replication_slots s
    where age(s.xmin) > 100000
    union all
    select 'the old snapshot of standby ' || quote_literal(r.application_name), null
    from pg_stat_replication r
    where age(r.backend_xmin) > 100000
  ) h
  order by since nulls first
  limit 1
), obstacle as materialized (
  select h.who, h.since, (select bool_or(s.hidden) from sessions s) as hidden
  from (select) one
  left join holder h on true
)
select
  format('%I.%I', n.nspname, c.relname) as object,
  c.oid as relation,
  case when known then s.pages * block end as total,
  -- What the largest are chosen by: without a known size, the rows that the counters saw, at a guess of 100 g.
  case when known then s.pages * block else greatest(inserted, c.reltuples::int8) * 100 end as weight,
  case when known then c.relpages * block end as heap,
  case when known then coalesce(ip.pages, 0) * block end as indexes,
  case when known then coalesce(t.relpages + tip.pages, 0) * block end as toast,
  case when not blind or vacuum_due or analyze_due then live end as live,
  case when not blind or vacuum_due then dead end as dead,
  case when not blind or vacuum_due then dead / greatest(live, 1)::float8 end as dead_to_live,
  v.vacuumed,
  vacuum_due,
  dead / greatest(vacuum_at, 1) as vacuum_times,
  case
    when not vacuum_due then null
    when b.who is not null and (b.since is null or b.since < v.vacuumed or b.since < now() - interval '5 min') then
      'end ' || b.who || ' first'
      || coalesce(': its transaction began ' || date_trunc('second', b.since) || ', and vacuum removes nothing that died since', ', which keeps vacuum from removing anything newer')
      || '; then VACUUM (ANALYZE) ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ';'
    when b.hidden then
      'VACUUM (ANALYZE) ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname)
      || '; if it removes little, an old transaction holds it back that this role cannot see: audit as a member of pg_monitor'
  end as vacuum_advice,
  modified,
  v.analyzed,
  analyze_due,
  modified / greatest(analyze_at, 1) as analyze_times,
  pg_stat_get_blocks_fetched(c.oid) as fetched,
  pg_stat_get_blocks_hit(c.oid) as hit,
  case when blind then 'its counters began again after a crash or a reset, and nothing has counted its rows since' end as unknown,
  case when blind then 'ANALYZE ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ';' end as remedy
from settings g, obstacle b, pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join index_pages ip on ip.indrelid = c.oid
left join pg_class t on t.oid = c.reltoastrelid
left join index_pages tip on tip.indrelid = t.oid
cross join lateral (
  select
    -- A standby counts nothing of what the primary writes: its zeros are no figures.
    case when not pg_is_in_recovery() then pg_stat_get_live_tuples(c.oid) end as live,
    case when not pg_is_in_recovery() then pg_stat_get_dead_tuples(c.oid) end as dead,
    case when not pg_is_in_recovery() then pg_stat_get_tuples_inserted(c.oid) end as inserted,
    case when not pg_is_in_recovery() then pg_stat_get_mod_since_analyze(c.oid) end as modified,
    c.relpages + coalesce(ip.pages, 0) + coalesce(t.relpages + tip.pages, 0) as pages
) s
left join lateral (
  select
    max(option_value::float8) filter (where option_name = 'autovacuum_vacuum_threshold') as vacuum_base,
    max(option_value::float8) filter (where option_name = 'autovacuum_vacuum_scale_factor') as vacuum_factor,
    max(option_value::float8) filter (where option_name = 'autovacuum_vacuum_max_threshold') as vacuum_maximum,
    max(option_value::float8) filter (where option_name = 'autovacuum_analyze_threshold') as analyze_base,
    max(option_value::float8) filter (where option_name = 'autovacuum_analyze_scale_factor') as analyze_factor
  from pg_options_to_table(c.reloptions)
) o on c.reloptions is not null
cross join lateral (
  select
    least(
      coalesce(o.vacuum_base, g.vacuum_base) + coalesce(o.vacuum_factor, g.vacuum_factor) * greatest(c.reltuples, 0),
      -- From 18 on; -1 means no limit.
      nullif(coalesce(o.vacuum_maximum, g.vacuum_maximum), -1)
    ) as vacuum_at,
    coalesce(o.analyze_base, g.analyze_base) + coalesce(o.analyze_factor, g.analyze_factor) * greatest(c.reltuples, 0) as analyze_at,
    greatest(pg_stat_get_last_vacuum_time(c.oid), pg_stat_get_last_autovacuum_time(c.oid)) as vacuumed,
    greatest(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid)) as analyzed
) v
cross join lateral (
  -- Zero pages before the first vacuum or analyze is a size that nobody knows, not a small one.
  select c.relpages > 0 or s.inserted = 0 as known,
    -- The table is older than its counters: they began again after a crash or a reset, and nothing has counted since.
    c.reltuples >= 10000 and s.live < c.reltuples / 2 and v.vacuumed is null and v.analyzed is null as blind,
    s.dead > v.vacuum_at as vacuum_due,
    s.modified > v.analyze_at as analyze_due
) k
where c.relkind in ('r', 'm')
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  );
