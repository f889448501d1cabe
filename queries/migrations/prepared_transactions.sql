/*
title: Prepared transaction that nobody ends
kind: reading
about: transaction
why: |
  PREPARE TRANSACTION leaves a transaction that outlives its session and even a restart. Until COMMIT PREPARED or ROLLBACK
  PREPARED it keeps its locks, so that changes of its tables wait, and vacuum removes nothing that died since. Where the
  coordinator that made it is gone, nobody will ever end it.
says: "of {owner}, {oldest} old, holds locks on {tables} tables: {strongest}"
fix: { advice: "ask the transaction manager that made it; where that has forgotten it, COMMIT PREPARED or ROLLBACK PREPARED by hand, which decides what becomes of the data" }
evidence: runtime
columns:
  object: name
  owner: name
  oldest: since
  tables: count
  strongest: text
*/
select
  quote_literal(p.gid) as object,
  quote_ident(p.owner) as owner,
  p.prepared as oldest,
  count(distinct l.relation) as tables,
  coalesce(
    string_agg(distinct l.mode || ' on ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname), ', ')
      filter (where l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')),
    'none that blocks reads or writes of others'
  ) as strongest
from pg_prepared_xacts p
left join (
  pg_locks l
  join pg_class c on c.oid = l.relation and c.relkind in ('r', 'p', 'm')
  join pg_namespace n on n.oid = c.relnamespace
) on l.locktype = 'relation' and l.pid is null
  -- Its own name in pg_locks is that of the session that prepared it, and another one after a restart.
  and l.virtualtransaction = (
    select x.virtualtransaction from pg_locks x
    where x.locktype = 'transactionid' and x.transactionid = p.transaction and x.granted and x.pid is null
  )
where p.database = current_database()
group by p.gid, p.owner, p.prepared
order by object;
