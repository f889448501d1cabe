/*
title: Connections in use
kind: reading
scope: cluster
about: server
why: |
  When all connections are taken, nobody else gets in, and each active one competes for the same processors.
  The limit is max_connections less the places that are reserved for superusers and, from PostgreSQL 16 on,
  for roles with pg_use_reserved_connections.
says: "{used} of {limit} connections in use ({used_share}), {active} of them active"
fix: { advice: "put a connection pooler between application and server, or shrink the application's pools; raising max_connections needs a restart and memory for each of them" }
evidence: runtime
needs: { role: pg_read_all_stats }
columns:
  object: name
  used: count
  active: count
  limit: count
  used_share: ratio
  active_share: ratio
*/
with limits as (
  select
    current_setting('max_connections')::int8 - current_setting('superuser_reserved_connections')::int8
    -- Before 16 there are no places of this kind.
    - coalesce(current_setting('reserved_connections', true)::int8, 0) as places
), sessions as (
  select
    count(*) as used,
    count(*) filter (where state in ('active', 'fastpath function call')) as active,
    count(*) filter (where state = 'disabled') as disabled
  from pg_stat_activity
  where backend_type = 'client backend' and pid <> pg_backend_pid()
)
select
  'connections' as object,
  s.used,
  case when s.disabled = 0 then s.active end as active,
  l.places as "limit",
  s.used / greatest(l.places, 1)::float8 as used_share,
  case when s.disabled = 0 then s.active / greatest(l.places, 1)::float8 end as active_share
from sessions s, limits l;
