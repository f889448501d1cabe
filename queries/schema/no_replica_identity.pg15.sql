with recursive published as materialized (
  select p.oid, p.pubname, p.puballtables
  from pg_publication p
  where p.pubupdate or p.pubdelete
), member as (
  -- Publishing a partitioned table publishes all that is below it.
  select r.prrelid as relid, p.pubname
  from published p
  join pg_publication_rel r on r.prpubid = p.oid
  union
  select c.oid, p.pubname
  from published p
  join pg_publication_namespace s on s.pnpubid = p.oid
  join pg_class c on c.relnamespace = s.pnnspid and c.relkind in ('r', 'p')
  union
  select h.inhrelid, m.pubname
  from member m
  join pg_class parent on parent.oid = m.relid and parent.relkind = 'p'
  join pg_inherits h on h.inhparent = m.relid
), target as materialized (
  select c.oid, c.relreplident, c.relispartition, n.nspname, c.relname, p.publications
  from (
    select relid, string_agg(quote_ident(pubname), ', ' order by pubname) as publications
    from (
      select relid, pubname from member
      union
      select t.oid, p.pubname from published p join pg_class t on p.puballtables and t.relkind = 'r'
    ) each
    group by relid
  ) p
  join pg_class c on c.oid = p.relid
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence = 'p'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), lacking as (
  select t.*,
    case t.relreplident
      when 'd' then 'it has no primary key'
      when 'n' then 'its replica identity is NOTHING'
      else 'the index of its replica identity is gone'
    end as fault
  from target t
  where t.relreplident <> 'f'
    and not exists (
      select from pg_index i
      where i.indrelid = t.oid and i.indisvalid
        and (t.relreplident = 'd' and i.indisprimary and i.indimmediate or t.relreplident = 'i' and i.indisreplident)
    )
), above as (
  select l.oid as leaf, h.inhparent as relid
  from lacking l
  join pg_inherits h on h.inhrelid = l.oid
  where l.relispartition
  union all
  select a.leaf, h.inhparent
  from above a
  join pg_class c on c.oid = a.relid and c.relispartition
  join pg_inherits h on h.inhrelid = a.relid
), found as (
  select
    case when root.oid is null then quote_ident(l.nspname) || '.' || quote_ident(l.relname)
      else quote_ident(rn.nspname) || '.' || quote_ident(root.relname) end as object,
    root.oid is not null as parts, l.fault, l.publications
  from lacking l
  left join (above a join pg_class root on root.oid = a.relid and not root.relispartition) on a.leaf = l.oid
  left join pg_namespace rn on rn.oid = root.relnamespace
)
select f.*, p.population
from (select count(*) as population from target) p
left join (
  select object,
    case when bool_or(parts) then format('%s of its partitions: %s', count(*), min(fault)) else min(fault) end as state,
    min(publications) as publications
  from found
  group by object
) f on true
order by f.object;
