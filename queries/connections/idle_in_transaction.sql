/*
title: Sessions idle in a transaction
kind: reading
scope: cluster
about: session
why: |
  A transaction that waits for its client keeps its locks and holds back vacuum in the whole database, while
  nothing happens. The usual causes are a client that calls something slow in between, and one that forgot
  to commit. Sessions are grouped by role and application; the process id is that of the oldest.
says: "{sessions} idle in transaction, the oldest for {oldest} (process {pid})"
fix: { advice: "mend the client so that it commits before it waits; idle_in_transaction_session_timeout ends such sessions by itself; for now, SELECT pg_terminate_backend({pid}) ends this one and rolls its work back" }
evidence: runtime
needs: { role: pg_read_all_stats }
columns:
  object: name
  sessions: count
  oldest: since
  transaction: since
  pid: text
*/
select
  coalesce(quote_ident(a.usename), 'a dropped role') || ' (' || coalesce(nullif(a.application_name, ''), 'no application name') || ')' as object,
  count(*) as sessions,
  min(a.state_change) as oldest,
  min(a.xact_start) as transaction,
  ((array_agg(a.pid order by a.state_change))[1])::text as pid
from pg_stat_activity a
where a.state in ('idle in transaction', 'idle in transaction (aborted)') and a.pid <> pg_backend_pid()
group by 1
order by 3, 1;
