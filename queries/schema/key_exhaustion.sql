/*
title: Key that is running out of numbers
kind: reading
about: sequence
why: |
  When a sequence passes the end of its own range or of the type of a column that its numbers go to, each
  INSERT fails. The limit is the least of the sequence's end, of the column that it feeds (identity, serial or a
  plain default) and of the foreign keys that refer to that column. A sequence that starts again by itself
  (CYCLE) is left out, and so is one that goes to the end of bigint. Numbers that did not come from the
  sequence are not seen.

  Reading a sequence keeps a light lock on it until the transaction ends. What would take more than an eighth of
  the server's lock table is not assessed.
says: "{used} of {limit} used, the end of {ends}; it feeds {feeds}"
fix: { advice: "change the column and those that refer to it to bigint before it is full: ALTER … TYPE bigint rewrites the table under ACCESS EXCLUSIVE; for a large one add a bigint column, fill it in batches by trigger, and change over. A sequence AS integer gets ALTER SEQUENCE … AS bigint as well" }
evidence: runtime
columns:
  object: name
  feeds: text
  ends: text
  last: count
  limit: count
  used: ratio
*/
with sequence as materialized (
  select c.oid, c.relpersistence, n.nspname, c.relname,
    s.seqincrement > 0 as up, s.seqstart, s.seqcycle,
    case when s.seqincrement > 0 then s.seqmax else s.seqmin end as own_end
  from pg_sequence s
  join pg_class c on c.oid = s.seqrelid
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), feed as materialized (
  select d.objid as seq, d.refobjid as relid, d.refobjsubid::int2 as attnum
  from sequence s
  join pg_depend d on d.objid = s.oid
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') and d.refobjsubid > 0
  union
  select d.refobjid, a.adrelid, a.adnum
  from sequence s
  join pg_depend d on d.refobjid = s.oid
  join pg_attrdef a on a.oid = d.objid
  where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjsubid = 0 and d.deptype = 'n'
), column_end as (
  select f.seq, f.relid, f.attnum, false as refers
  from feed f
  union all
  select f.seq, k.conrelid, u.child, true
  from feed f
  join pg_constraint k on k.confrelid = f.relid and k.contype = 'f' and f.attnum = any (k.confkey)
  cross join lateral unnest(k.conkey, k.confkey) as u (child, parent)
  where u.parent = f.attnum
), typed as (
  select e.seq, e.refers, s.own_end, s.up, e.relid, a.attname, c.relname, n.nspname, c.relispartition,
    case coalesce(nullif(t.typbasetype, 0), t.oid)
      when 'int2'::regtype then 32767
      when 'int4'::regtype then 2147483647
      when 'int8'::regtype then 9223372036854775807
    end as most
  from column_end e
  join sequence s on s.oid = e.seq
  join pg_attribute a on a.attrelid = e.relid and a.attnum = e.attnum and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  join pg_class c on c.oid = e.relid
  join pg_namespace n on n.oid = c.relnamespace
), narrowest as (
  select t.seq,
    min(t.most) as most,
    (array_agg(quote_ident(t.nspname) || '.' || quote_ident(t.relname) || '.' || quote_ident(t.attname)
      order by t.most, t.refers, t.relispartition, t.nspname, t.relname))[1] as narrowest,
    (array_agg(quote_ident(t.nspname) || '.' || quote_ident(t.relname) || '.' || quote_ident(t.attname)
      order by t.refers, t.relispartition, t.nspname, t.relname))[1] as feeds
  from typed t
  group by t.seq
), limited as (
  select s.oid, s.relpersistence, s.nspname, s.relname, s.up, s.seqstart, m.feeds,
    case when s.up then least(s.own_end, m.most) else greatest(s.own_end, -m.most - 1) end as final,
    case when s.up and s.own_end > m.most or not s.up and s.own_end < -m.most - 1 then m.narrowest else 'the sequence' end as ends
  from sequence s
  left join narrowest m on m.seq = s.oid
  where not s.seqcycle or s.up and s.own_end > m.most or not s.up and s.own_end < -m.most - 1
), candidate as (
  select l.*,
    has_sequence_privilege(l.oid, 'SELECT') as readable,
    row_number() over (order by l.oid) <= current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int / 8 as affordable
  from limited l
  where l.final not in (9223372036854775807, -9223372036854775808)
), read as materialized (
  select c.*,
    c.relpersistence = 'u' and pg_is_in_recovery() as absent,
    case when c.readable and c.affordable and not (c.relpersistence = 'u' and pg_is_in_recovery()) then pg_sequence_last_value(c.oid) end as last
  from candidate c
)
select
  quote_ident(r.nspname) || '.' || quote_ident(r.relname) as object,
  coalesce(r.feeds, 'no column') as feeds,
  r.ends,
  r.last,
  r.final::int8 as "limit",
  greatest((r.last::float8 - r.seqstart) / nullif(r.final::float8 - r.seqstart, 0), 0) as used,
  case when not r.readable then 'its last value may not be read'
    when r.absent then 'it is unlogged, and a standby does not have it'
    when not r.affordable then 'there are too many sequences to read them all at once'
  end as unknown,
  case when not r.readable then format('GRANT SELECT ON ALL SEQUENCES IN SCHEMA %I TO %I;', r.nspname, current_user)
    when r.absent then 'audit the primary'
    when not r.affordable then 'raise max_locks_per_transaction'
  end as remedy,
  p.population
from (select count(*) as population from sequence) p
-- Nothing was taken yet from a sequence without a last value.
left join read r on not r.readable or r.absent or not r.affordable or r.last is not null
order by used desc, object;
