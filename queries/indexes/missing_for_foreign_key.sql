/*
title: Foreign key without an index that serves it
kind: finding
about: foreign key
why: |
  A DELETE of a parent row, or an UPDATE of its key, looks for the rows that refer to it. Without an index on the
  referring columns each parent row costs a scan of the whole table, under locks that the other sessions feel. Joins
  along the foreign key lack the index as well.

  An index serves it where its first columns are those of the foreign key, in any order, where those that refer to
  another table by themselves (as a tenant does) need not be among them; or where it is unique and all of its columns are. A partial index serves only if all that it leaves out is NULL; BRIN does not tell
  single rows apart. Of partitions only the root is reported, and foreign keys on the same columns are one finding.
says: "no index serves it: each DELETE or change of the key in {parent} scans all of {table}; on delete: {on_delete}"
fix: { sql: "CREATE INDEX CONCURRENTLY ON {table} ({columns});" }
fix_lock: SHARE UPDATE EXCLUSIVE on the table; reads and writes go on; waits until older transactions have ended
evidence: catalog
population: constraints.foreign_keys
columns:
  object: name
  table: name
  columns: text
  parent: text
  on_delete: text
*/
with alone as materialized (
  select con.conrelid, array_agg(con.conkey[1]) as columns
  from pg_constraint con
  where con.contype = 'f' and cardinality(con.conkey) = 1
  group by con.conrelid
), foreign_key as materialized (
  select con.oid, con.conrelid, con.conkey, con.confrelid, con.conparentid, con.confdeltype,
    coalesce(nullif(array(select k from unnest(con.conkey) as k where k <> all (a.columns)), '{}'), con.conkey) as telling
  from pg_constraint con
  left join alone a on a.conrelid = con.conrelid and cardinality(con.conkey) > 1
  where con.contype = 'f'
), unserved as materialized (
  select f.*
  from foreign_key f
  cross join (
    select array_agg(oc.oid) as opclasses
    from pg_opclass oc
    join pg_am am on am.oid = oc.opcmethod
    where am.amname in ('btree', 'hash')
  ) plain
  where not exists (
    select from pg_index i
    where i.indrelid = f.conrelid and i.indisvalid
      and (
        i.indnkeyatts >= cardinality(f.conkey) and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
        or i.indnkeyatts >= cardinality(f.telling) and (i.indkey::int2[])[0:cardinality(f.telling) - 1] @> f.telling
        -- At most one row has these values, whatever the other columns hold.
        or i.indisunique and f.conkey @> (i.indkey::int2[])[0:i.indnkeyatts - 1]
      )
      and (
        i.indclass[0] = any (plain.opclasses)
        -- GiST and the like, where an operator class for plain values brings the operator of the foreign key.
        or not exists (
          select from pg_constraint con
          cross join lateral unnest(con.conpfeqop) as o (operator)
          where con.oid = f.oid
            and not exists (
              select from unnest(i.indclass::oid[]) as used (opclass)
              join pg_opclass oc on oc.oid = used.opclass
              join pg_am am on am.oid = oc.opcmethod and am.amname <> 'brin'
              join pg_amop ao on ao.amopfamily = oc.opcfamily and ao.amopopr = o.operator and ao.amoppurpose = 's'
            )
        )
      )
      and (
        i.indcollation::oid[] <@ '{0,100}'::oid[]
        or not exists (
          select from pg_attribute a
          where a.attrelid = f.conrelid and a.attnum = any (f.conkey)
            and a.attcollation <> (i.indcollation::oid[])[array_position(i.indkey::int2[], a.attnum)]
        )
      )
      and (
        i.indpred is null
        -- Nothing but "is not null" of columns of the foreign key. pg_get_expr() would wait for a lock on the table.
        or i.indpred::text !~ '\{(?!NULLTEST|VAR |BOOLEXPR :boolop and)' and i.indpred::text !~ ':nulltesttype 0'
          and f.conkey @> array(
            select m[1]::int2 from regexp_matches(i.indpred::text, ':varattno (-?[0-9]+)', 'g') as m
          )
      )
  )
), lacking as materialized (
  select f.oid, f.conrelid, f.conkey, f.confrelid, f.confdeltype, c.relkind, n.nspname, c.relname
  from unserved f
  join pg_class c on c.oid = f.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  where f.conparentid = 0
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), found as materialized (
  select m.*, array(select k from unnest(m.conkey) as k order by k) as sorted
  from lacking m
  -- From 18 on. One that is not enforced looks for nothing.
  where (select to_jsonb(con) ->> 'conenforced' from pg_constraint con where con.oid = m.oid) is distinct from 'false'
    and (
      m.relkind = 'r'
      -- The root has no index for it, but each of its partitions may.
      or exists (
        with recursive part (oid, conrelid) as (
          select m.oid, m.conrelid
          union all
          select f.oid, f.conrelid from part p join foreign_key f on f.conparentid = p.oid
        )
        select
        from part p
        join unserved lacking on lacking.oid = p.oid
        join pg_class leaf on leaf.oid = p.conrelid and leaf.relkind = 'r'
      )
    )
), reported as (
  select distinct on (f.conrelid, f.sorted) f.*,
    array_agg(f.confrelid) over (partition by f.conrelid, f.sorted) as parents
  from found f
  where not exists (
    -- The index for a longer one serves this one too.
    select from found longer
    where longer.conrelid = f.conrelid and cardinality(longer.conkey) > cardinality(f.conkey)
      and longer.conkey[1:cardinality(f.conkey)] @> f.conkey
  )
  order by f.conrelid, f.sorted, f.oid
), named as (
  select r.relkind, r.confdeltype, quote_ident(r.nspname) || '.' || quote_ident(r.relname) as "table",
    (
      select string_agg(quote_ident(a.attname), ', ' order by k.at)
      from unnest(r.conkey) with ordinality as k (attnum, at)
      join pg_attribute a on a.attrelid = r.conrelid and a.attnum = k.attnum
    ) as columns,
    (
      select string_agg(o.name, ', ' order by o.name)
      from (
        select distinct quote_ident(pn.nspname) || '.' || quote_ident(p.relname) as name
        from unnest(r.parents) as parent (oid)
        join pg_class p on p.oid = parent.oid
        join pg_namespace pn on pn.oid = p.relnamespace
      ) o
    ) as parent
  from reported r
)
select
  d."table" || ' (' || d.columns || ')' as object,
  d."table",
  d.columns,
  d.parent,
  case d.confdeltype
    when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default'
  end as on_delete,
  case when d.relkind = 'p' then
    'CREATE INDEX … ON ONLY ' || d."table" || ' (' || d.columns || '), then for each partition CREATE INDEX CONCURRENTLY'
    || ' and ALTER INDEX … ATTACH PARTITION: an index of all partitions at once blocks their writes until it is built'
  end as advice
from named d
order by object;
