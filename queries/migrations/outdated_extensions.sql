/*
title: Extension whose objects are of an older version
kind: finding
about: extension
severity: info
why: |
  The package was upgraded, but nobody ran ALTER EXTENSION … UPDATE: the library is new, its functions and views are those
  of the old version. Most extensions bear that for a while; fixes and columns of the new version are missing.
says: "created as version {version}, the package brings {available}"
fix: { sql: "ALTER EXTENSION {object} UPDATE;" }
fix_lock: ACCESS EXCLUSIVE on the objects of the extension that change, for a moment
evidence: settings
columns:
  object: name
  version: text
  available: text
*/
select
  quote_ident(e.extname) as object,
  e.extversion as version,
  a.default_version as available
from pg_extension e
join pg_available_extensions() a on a.name = e.extname
where a.default_version <> e.extversion
order by object;
