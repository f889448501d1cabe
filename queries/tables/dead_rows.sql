/*
title: Dead rows far past what autovacuum allows
kind: reading
about: table
why: |
  An UPDATE or DELETE leaves the old row version behind until vacuum removes it. Until then every scan
  reads it and the table grows around it. A table is listed when its dead rows exceed the threshold at
  which its own autovacuum begins (threshold + scale factor × rows, with the options of the table);
  it is a finding when they also are a large part of the live ones.

  Vacuum removes no row that an older transaction, a prepared transaction, a replication slot or the feedback of
  a standby may still see. Then that is what to end first; vacuuming before changes nothing.
says: "{dead} dead rows, {dead_to_live} of the live ones, {times} its autovacuum threshold"
fix: { sql: "VACUUM (ANALYZE) {object};" }
fix_lock: SHARE UPDATE EXCLUSIVE while it scans the table; reads and writes go on
evidence: counters
needs: { primary: true, setting: { track_counts: "on" } }
columns:
  object: name
  dead: count
  live: count
  dead_to_live: ratio
  times: times
  vacuumed: since
*/
with mine as materialized (
  select c.oid, n.nspname, c.relname, c.reltuples, c.reloptions, c.relpages,
         pg_stat_get_dead_tuples(c.oid) as dead
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), threshold as (
  select m.*,
    least(
      coalesce(o.base, current_setting('autovacuum_vacuum_threshold')::float8)
      + coalesce(o.factor, current_setting('autovacuum_vacuum_scale_factor')::float8) * greatest(m.reltuples, 0),
      -- From 18 on; -1 means no limit.
      nullif(coalesce(o.maximum, current_setting('autovacuum_vacuum_max_threshold', true)::float8), -1)
    ) as rows
  from mine m
  left join lateral (
    select
      max(option_value::float8) filter (where option_name = 'autovacuum_vacuum_threshold') as base,
      max(option_value::float8) filter (where option_name = 'autovacuum_vacuum_scale_factor') as factor,
      max(option_value::float8) filter (where option_name = 'autovacuum_vacuum_max_threshold') as maximum
    from pg_options_to_table(m.reloptions)
  ) o on m.reloptions is not null
), sessions as (
  select a.*, a.query = '<insufficient privilege>' as hidden
  from pg_stat_activity a
  where a.datname = current_database() and a.pid <> pg_backend_pid()
    -- Vacuums do not hold each other back.
    and a.backend_type is distinct from 'autovacuum worker' and not (a.state = 'active' and a.query ~* '^\s*vacuum\M')
), holder as (
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
), assessed as (
  select t.nspname, t.relname, t.dead, t.rows, pg_stat_get_live_tuples(t.oid) as live,
    greatest(pg_stat_get_last_vacuum_time(t.oid), pg_stat_get_last_autovacuum_time(t.oid)) as vacuumed,
    -- The table is older than its counters: they began again after a crash or a reset, and nothing has counted since.
    t.dead <= t.rows and t.reltuples >= 10000 and pg_stat_get_live_tuples(t.oid) < t.reltuples / 2
      and greatest(pg_stat_get_last_vacuum_time(t.oid), pg_stat_get_last_autovacuum_time(t.oid),
                   pg_stat_get_last_analyze_time(t.oid), pg_stat_get_last_autoanalyze_time(t.oid)) is null as blind
  from threshold t
  where t.dead > t.rows or t.reltuples >= 10000
)
select
  quote_ident(a.nspname) || '.' || quote_ident(a.relname) as object,
  a.dead,
  a.live,
  a.dead / greatest(a.live, 1)::float8 as dead_to_live,
  a.dead / greatest(a.rows, 1) as times,
  a.vacuumed,
  case
    when h.who is not null and (h.since is null or h.since < a.vacuumed or h.since < now() - interval '5 min') then
      'end ' || h.who || ' first'
      || coalesce(': its transaction began ' || date_trunc('second', h.since) || ', and vacuum removes nothing that died since', ', which keeps vacuum from removing anything newer')
      || '; then VACUUM (ANALYZE) ' || quote_ident(a.nspname) || '.' || quote_ident(a.relname) || ';'
    when exists (select from sessions s where s.hidden) then
      'VACUUM (ANALYZE) ' || quote_ident(a.nspname) || '.' || quote_ident(a.relname)
      || '; if it removes little, an old transaction holds it back that this role cannot see: audit as a member of pg_monitor'
  end as advice,
  case when a.blind then 'its counters began again after a crash or a reset, and nothing has counted its rows since' end as unknown,
  case when a.blind then format('ANALYZE %I.%I;', a.nspname, a.relname) end as remedy,
  p.population
from (select count(*) as population from mine) p
left join (assessed a left join holder h on true) on a.blind or a.dead > a.rows
order by a.dead desc nulls last, object;
