/*
title: Most connections are idle
kind: reading
scope: cluster
about: server
why: >
  Each idle session holds a process, its memory and one of the places under max_connections. Where most of many
  sessions are idle, a pooler in transaction mode serves the same clients with a fraction of them.
says: "{idle} of {sessions} sessions are idle ({idle_share}), {of_limit} of all places are taken"
fix: { advice: "put a pooler such as PgBouncer (pool_mode=transaction) in front, or let the application's pools shrink when idle" }
evidence: runtime
needs: { role: pg_read_all_stats }
yields_to: connections/usage
columns:
  object: name
  sessions: count
  idle: count
  idle_share: ratio
  of_limit: ratio
*/
with limits as (
  select
    current_setting('max_connections')::int8 - current_setting('superuser_reserved_connections')::int8
    -- Before 16 there are no places of this kind.
    - coalesce(current_setting('reserved_connections', true)::int8, 0) as places
), sessions as (
  select
    count(*) as sessions,
    count(*) filter (where state = 'idle') as idle
  from pg_stat_activity
  where backend_type = 'client backend' and pid <> pg_backend_pid()
)
select
  'connections' as object,
  s.sessions,
  s.idle,
  s.idle / nullif(s.sessions, 0)::float8 as idle_share,
  s.sessions / greatest(l.places, 1)::float8 as of_limit
from sessions s, limits l;
