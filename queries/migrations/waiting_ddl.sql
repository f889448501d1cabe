/*
title: Change of a table that waits, and makes others wait
kind: reading
about: relation
why: |
  ALTER TABLE, DROP INDEX, TRUNCATE and the like wait until every transaction that has used the table has ended. While they
  wait, all who come later queue up behind them, readers as well: a single forgotten transaction then stops the
  application. A migration that sets lock_timeout gives up instead, and tries again.
says: "{waiter} has waited {waiting} for ACCESS EXCLUSIVE behind {holder}; {queued} more wait behind it"
fix: { advice: "cancel the waiting change or end the transaction that holds it up, and let migrations set lock_timeout and try again" }
evidence: runtime
needs: { role: pg_read_all_stats }
columns:
  object: name
  waiter: text
  waiting: since
  queued: count
  holder: text
*/
with locks as materialized (
  select l.relation, l.pid, l.mode, l.granted
  from pg_locks l
  where l.locktype = 'relation' and l.database = (select d.oid from pg_database d where d.datname = current_database())
    and l.relation in (
      select w.relation from pg_locks w
      where w.locktype = 'relation' and w.mode = 'AccessExclusiveLock' and not w.granted
    )
), session as materialized (
  select a.pid, a.query_start, a.xact_start,
    coalesce(quote_ident(a.usename), a.backend_type) || ' (' || coalesce(nullif(a.application_name, ''), 'no application name') || ')' as who
  from pg_stat_activity a
  where a.pid in (select l.pid from locks l)
), waiting as (
  select l.relation, min(s.query_start) as since,
    (array_agg(s.who order by s.query_start))[1] as who
  from locks l
  join session s on s.pid = l.pid
  where l.mode = 'AccessExclusiveLock' and not l.granted
  group by l.relation
)
select
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object,
  w.who as waiter,
  w.since as waiting,
  (select count(distinct l.pid) - 1 from locks l where l.relation = w.relation and not l.granted) as queued,
  (
    select s.who
    from locks l
    join session s on s.pid = l.pid
    where l.relation = w.relation and l.granted
    order by s.xact_start
    limit 1
  ) as holder
from waiting w
join pg_class c on c.oid = w.relation
join pg_namespace n on n.oid = c.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
order by object;
