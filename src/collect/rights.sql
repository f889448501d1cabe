select 'role' as kind, wanted.name, r.oid is not null as found,
       pg_has_role(r.oid, 'USAGE') as granted, pg_has_role(r.oid, 'MEMBER') as member, null::text as value
from unnest($1::text[]) as wanted (name)
left join pg_roles r on r.rolname = wanted.name
union all
select 'function', wanted.name, f.oid is not null, has_function_privilege(f.oid, 'EXECUTE'), null, null
from unnest($2::text[]) as wanted (name)
cross join lateral (select to_regprocedure(wanted.name)::oid as oid) f
where wanted.name not like '{ext:%'
union all
-- Those of extensions by name as well, for the same reason as relations.
select 'function', wanted.name, true,
       has_schema_privilege(e.extnamespace, 'USAGE') and has_function_privilege(p.oid, 'EXECUTE'), null, null
from unnest($2::text[]) as wanted (name)
join pg_extension e on wanted.name like '{ext:' || e.extname || '}.%'
join pg_proc p on p.pronamespace = e.extnamespace
  and wanted.name = format('{ext:%s}.%s(%s)', e.extname, p.proname, array_to_string(p.proargtypes::oid[]::regtype[], ', '))
union all
-- By name, not by to_regclass(), which fails on a schema that this role may not use.
select 'relation', wanted.name, c.oid is not null,
       has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT'), null, null
from unnest($3::text[]) as wanted (name)
left join pg_extension e on wanted.name like '{ext:' || e.extname || '}.%'
left join pg_namespace n on n.oid = e.extnamespace or (e.oid is null and n.nspname = split_part(wanted.name, '.', 1))
left join pg_class c on c.relnamespace = n.oid and c.relname = split_part(wanted.name, '.', 2)
union all
select 'setting', s.name, true, null, null, s.setting
from pg_settings s where s.name = any ($4::text[])
union all
select 'extension', a.name, true, null, null, null
from pg_available_extensions a where a.name = any ($5::text[])
