-- Tables whose size functions would wait: somebody holds or queues for ACCESS EXCLUSIVE on the table,
-- on one of its indexes or on its TOAST table.
with locked as (
  select l.relation
  from pg_locks l
  join pg_database d on d.oid = l.database
  where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and d.datname = current_database()
)
select relation from locked
union
select i.indrelid from pg_index i join locked l on l.relation = i.indexrelid
union
select c.oid from pg_class c join locked l on l.relation = c.reltoastrelid
