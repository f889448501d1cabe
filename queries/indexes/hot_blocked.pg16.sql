with updated as materialized (
  select c.oid, n.nspname, c.relname, c.reloptions, pg_stat_get_tuples_updated(c.oid) as updates, pg_stat_get_tuples_hot_updated(c.oid) as hot,
    pg_stat_get_tuples_newpage_updated(c.oid) as moved
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  -- The last vacuum or analyze saw a page; who was updated so often since without one is told as never analyzed.
  where c.relkind = 'r' and c.relhasindex and c.relpages >= 8
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
)
select
  quote_ident(u.nspname) || '.' || quote_ident(u.relname) as object,
  u.updates,
  u.hot / u.updates::float8 as hot_share,
  (select count(*) from pg_index i where i.indrelid = u.oid) as indexes,
  coalesce(o.fillfactor, 100) as fillfactor,
  100 * u.moved / (u.updates - u.hot) || ' % of the others moved to another page for want of room' as others
from updated u
cross join lateral (
  select max(option_value::float8) filter (where option_name = 'fillfactor') as fillfactor
  from pg_options_to_table(u.reloptions)
) o
where u.updates >= 10000 and u.hot < u.updates / 2
order by u.updates - u.hot desc, object;
