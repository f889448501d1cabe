/*
title: Foreign keys there are to judge
kind: fact
why: >
  Shares of foreign keys are taken of this number: those of users' tables, each once however many partitions it has.
evidence: catalog
columns: { foreign_keys: count }
*/
select count(*) as foreign_keys
from pg_constraint con
join pg_class c on c.oid = con.conrelid
join pg_namespace n on n.oid = c.relnamespace
where con.contype = 'f' and con.conparentid = 0
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  );
