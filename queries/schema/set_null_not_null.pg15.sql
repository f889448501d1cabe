with mine as materialized (
  select f.oid, f.conrelid, f.conname, f.conkey, f.confdeltype, f.confupdtype, f.confdelsetcols, n.nspname, c.relname
  from pg_constraint f
  join pg_class c on c.oid = f.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  -- Without what a partition has from its parent.
  where f.contype = 'f' and f.conparentid = 0
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), action as (
  select m.oid, m.conrelid, 'ON DELETE' as event, m.confdeltype as does, coalesce(nullif(m.confdelsetcols, '{}'), m.conkey) as sets
  from mine m
  where m.confdeltype in ('n', 'd')
  union all
  select m.oid, m.conrelid, 'ON UPDATE', m.confupdtype, m.conkey
  from mine m
  where m.confupdtype in ('n', 'd')
), impossible as (
  select a.oid,
    string_agg(distinct a.event || case a.does when 'n' then ' SET NULL' else ' SET DEFAULT' end, ' and ') as action,
    string_agg(distinct quote_ident(t.attname), ', ') as columns
  from action a
  join pg_attribute t on t.attrelid = a.conrelid and t.attnum = any (a.sets)
  join pg_type ty on ty.oid = t.atttypid
  where (t.attnotnull or ty.typnotnull)
    and (a.does = 'n' or not t.atthasdef and t.attidentity = '' and ty.typdefault is null)
  group by a.oid
)
select quote_ident(m.nspname) || '.' || quote_ident(m.relname) || '.' || quote_ident(m.conname) as object,
  i.action, i.columns, p.population
from (select count(*) as population from mine) p
left join (mine m join impossible i on i.oid = m.oid) on true
order by object;
