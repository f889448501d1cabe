select d.datname::text as name, has_database_privilege(d.oid, 'CONNECT') as permitted
from pg_database d
where d.datallowconn and not d.datistemplate
  -- What an interrupted DROP DATABASE left (15 and later).
  and d.datconnlimit <> -2
  -- Databases of hosting providers, which nobody else can look into.
  and d.datname not in ('alloydbadmin', 'alloydbmetadata', 'azure_maintenance', 'azure_sys', 'cloudsqladmin', 'rdsadmin')
order by d.datname
