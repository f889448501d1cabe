/*
title: Index that another index makes superfluous
kind: finding
about: index
why: |
  Every write maintains both indexes, and the cache holds both, yet a query that uses the one could use the other. Compared
  is the real key: columns, operator classes and their options, collations, order and place of NULLs, included columns,
  expressions, predicate, uniqueness. An index is superfluous where another has the same key, or where its columns are the
  first of a longer btree.

  Never listed is what a primary key or an exclusion constraint is made of, what a foreign key refers to, the replica
  identity, what a table is clustered on, a unique index that nothing else makes unique, and the parts of a partitioned
  index. A partial index beside a whole one is smaller on purpose.
says: "{how} {by}, which serves the same queries; each write to {table} maintains both"
fix: { sql: "{statement};" }
fix_lock: none that blocks reads or writes, and waits until older transactions have ended; for a constraint and for a partitioned index ACCESS EXCLUSIVE, for a moment
evidence: catalog
population: population.whole_indexes
columns:
  object: name
  table: name
  how: text
  by: name
  statement: text
*/
with pair as materialized (
  select r.indexrelid as less, s.indexrelid as more, r.indrelid, r.indnkeyatts = s.indnkeyatts as same, s.indnkeyatts as width,
         r.indnkeyatts as key_columns, r.indisunique, s.indnatts as more_columns, s.indisprimary as more_primary, s.indisunique as more_unique,
         r.indexprs as less_expressions, s.indexprs as more_expressions, r.indpred as less_predicate, s.indpred as more_predicate
  from pg_index r
  join pg_index s on s.indrelid = r.indrelid and s.indkey[0] = r.indkey[0] and s.indexrelid <> r.indexrelid
  where r.indisvalid and s.indisvalid and r.indnkeyatts <= s.indnkeyatts
    and not (r.indisprimary or r.indisexclusion or r.indisclustered or r.indisreplident)
    and (not r.indisunique or s.indisunique and r.indnkeyatts = s.indnkeyatts and (s.indimmediate or not r.indimmediate))
    and (r.indexprs is null) = (s.indexprs is null)
    and (r.indpred is null) = (s.indpred is null)
    and (r.indkey::int2[])[0:r.indnkeyatts - 1] = (s.indkey::int2[])[0:r.indnkeyatts - 1]
    -- What it includes the other one holds as well.
    and (r.indkey::int2[])[r.indnkeyatts:] <@ s.indkey::int2[]
    and (r.indclass::oid[])[0:r.indnkeyatts - 1] = (s.indclass::oid[])[0:r.indnkeyatts - 1]
    and (r.indcollation::oid[])[0:r.indnkeyatts - 1] = (s.indcollation::oid[])[0:r.indnkeyatts - 1]
    and (r.indoption::int2[])[0:r.indnkeyatts - 1] = (s.indoption::int2[])[0:r.indnkeyatts - 1]
), named as (
  select p.*, n.nspname, c.relname, c.relkind, sn.nspname as more_nspname, sc.relname as more_relname,
         tn.nspname as table_nspname, t.relname as table_relname, con.conname,
         exists (select from pg_constraint k where k.conrelid = p.indrelid and k.conindid = p.more and k.contype = 'u') as more_constraint
  from pair p
  join pg_class c on c.oid = p.less
  join pg_namespace n on n.oid = c.relnamespace
  join pg_class sc on sc.oid = p.more
  join pg_namespace sn on sn.oid = sc.relnamespace
  join pg_class t on t.oid = p.indrelid
  join pg_namespace tn on tn.oid = t.relnamespace
  join pg_am am on am.oid = c.relam
  left join pg_constraint con on con.conrelid = p.indrelid and con.conindid = p.less and con.contype = 'u'
  where c.relam = sc.relam and c.relkind = sc.relkind and not c.relispartition
    -- Only a btree serves by its first columns; other methods have options that change what they hold.
    and (am.amname = 'btree' or p.same and c.reloptions is not distinct from sc.reloptions)
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
    -- The constraint of a child is dropped with that of its parent.
    and (con.coninhcount = 0 or con.oid is null)
    and p.less not in (select k.conindid from pg_constraint k where k.contype = 'f')
    -- The stored trees differ in where the words stood, and pg_get_expr() would wait for a lock on the table.
    and (
      p.less_expressions is null
      or regexp_replace(p.less_expressions::text, ':location -?[0-9]+', '', 'g') = regexp_replace(p.more_expressions::text, ':location -?[0-9]+', '', 'g')
    )
    and (
      p.less_predicate is null
      or regexp_replace(p.less_predicate::text, ':location -?[0-9]+', '', 'g') = regexp_replace(p.more_predicate::text, ':location -?[0-9]+', '', 'g')
    )
    -- One says that two NULLs are the same and one does not (from 15 on), or their operator classes have options.
    and (
      not p.indisunique
      or (select to_jsonb(i) ->> 'indnullsnotdistinct' from pg_index i where i.indexrelid = p.less)
        is not distinct from (select to_jsonb(i) ->> 'indnullsnotdistinct' from pg_index i where i.indexrelid = p.more)
    )
    and not exists (
      select from pg_attribute a
      join pg_attribute b on b.attrelid = p.more and b.attnum = a.attnum
      where a.attrelid = p.less and a.attnum <= p.key_columns and a.attoptions is distinct from b.attoptions
    )
), mutual as (
  select d.*, count(*) over (partition by least(d.less, d.more), greatest(d.less, d.more)) = 2 as both
  from named d
), superfluous as (
  select distinct on (x.less) x.*
  from mutual x
  -- Of two that each make the other one superfluous the constraint stays, or else the first by name.
  where not (x.both and (x.conname is null, x.relname) < (not x.more_constraint, x.more_relname))
  order by x.less, x.width desc, x.more_primary desc, x.more_constraint desc, x.more_unique desc, x.more_columns desc, x.more_relname
)
select
  quote_ident(s.nspname) || '.' || quote_ident(s.relname) as object,
  quote_ident(s.table_nspname) || '.' || quote_ident(s.table_relname) as "table",
  case when s.same then 'the same as' else 'its columns are the first of' end as how,
  quote_ident(s.more_nspname) || '.' || quote_ident(s.more_relname) as by,
  case
    when s.conname is not null then
      'ALTER TABLE ' || quote_ident(s.table_nspname) || '.' || quote_ident(s.table_relname) || ' DROP CONSTRAINT ' || quote_ident(s.conname)
    when s.relkind = 'I' then 'DROP INDEX ' || quote_ident(s.nspname) || '.' || quote_ident(s.relname)
    else 'DROP INDEX CONCURRENTLY ' || quote_ident(s.nspname) || '.' || quote_ident(s.relname)
  end as statement
from superfluous s
order by object;
