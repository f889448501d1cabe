-- Scans of the parts of a partitioned index are those of the whole.
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object, s.scans
from (
  select case when i.relispartition then pg_partition_root(i.oid)::oid else i.oid end as root,
    sum(pg_stat_get_numscans(i.oid))::int8 as scans
  from pg_class i
  where i.relkind = 'i'
  group by root
) s
join pg_class c on c.oid = s.root
join pg_namespace n on n.oid = c.relnamespace
where s.scans > 0 and n.nspname !~ '^pg_'
