/*
title: Sessions by state
kind: reading
scope: cluster
about: state
why: >
  How many sessions do what, and how long the oldest of them has been at it. Sessions that do nothing still
  hold a connection, and those that sit in a transaction also hold back vacuum.
evidence: runtime
needs: { role: pg_read_all_stats }
columns:
  object: name
  sessions: count
  oldest: since
*/
select
  coalesce(state, 'starting') as object,
  count(*) as sessions,
  min(state_change) as oldest
from pg_stat_activity
where backend_type = 'client backend' and pid <> pg_backend_pid()
group by 1
order by 2 desc, 1;
