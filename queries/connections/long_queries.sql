/*
title: Queries that run for long
kind: reading
scope: cluster
about: session
why: |
  A query that has run for minutes is a report in the wrong place, a missing index, or it waits for a lock. Its
  snapshot holds back vacuum as long as it runs. Left out are autovacuum, replication, backups and ourselves.
  Queries are grouped by role and application; their texts are not shown, since they may hold data.
says: "{sessions} active, the longest for {oldest} (process {pid}), waiting for {waits_for}"
fix: { advice: "see what process {pid} does (pg_stat_activity.query) and whom it waits for (pg_blocking_pids); SELECT pg_cancel_backend({pid}) stops its query" }
evidence: runtime
needs: { role: pg_read_all_stats }
columns:
  object: name
  sessions: count
  oldest: since
  waits_for: text
  pid: text
*/
select
  coalesce(quote_ident(a.usename), 'a dropped role') || ' (' || coalesce(nullif(a.application_name, ''), 'no application name') || ')' as object,
  count(*) as sessions,
  min(a.query_start) as oldest,
  coalesce((array_agg(a.wait_event_type order by a.query_start))[1], 'nothing') as waits_for,
  ((array_agg(a.pid order by a.query_start))[1])::text as pid
from pg_stat_activity a
where a.state = 'active' and a.backend_type = 'client backend' and a.pid <> pg_backend_pid()
  and a.application_name !~ '^(pg_dump|pg_dumpall|pg_restore|pg_basebackup)$'
group by 1
order by 3, 1;
