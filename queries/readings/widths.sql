/*
title: Column widths of large tables and of their B-trees
kind: shared
why: |
  How wide the rows of a table or the keys of an index are, from the column statistics that ANALYZE wrote. Values
  never leave the server: of those that the statistics hold, only the share of each length does.
evidence: planner
columns:
  object: name
  relation: oid
  number: count
  key: count
  length: count
  align: text
  type: text
  mandatory: flag
  sampled: flag
  null_frac: ratio
  width: count
  distinct: number
  frequencies: text
  lengths: text
*/
with block as (select current_setting('block_size')::int8 as bytes),
mine as materialized (
  select c.oid, n.nspname, c.relname, k.keys
  from block, pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (
    -- All columns of large B-trees; those of unknown size stand behind a large table.
    select array_agg(u.key) as keys
    from pg_index i
    join pg_class ic on ic.oid = i.indexrelid
    cross join unnest(i.indkey::int2[]) as u (key)
    where i.indrelid = c.oid
      and (ic.relpages * bytes >= 8388608 or (ic.relpages < 3 and c.relpages * bytes >= 8388608))
  ) k
  where c.relkind in ('r', 'm') and (c.relpages * bytes >= 8388608 or k.keys is not null)
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
      select from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
), columns as (
  select m.oid, m.nspname, m.relname, a.attnum, a.attname, a.attlen, a.attalign, a.atttypid, a.attnotnull, a.attstattarget,
         null::int2 as key, true as own, a.attnum = any (m.keys) as is_key
  from mine m
  join pg_attribute a on a.attrelid = m.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated <> 'v'
  union all
  select ic.oid, n.nspname, ic.relname, a.attnum, a.attname, a.attlen, a.attalign, a.atttypid, a.attnotnull, a.attstattarget,
         i.indkey[a.attnum - 1], i.indkey[a.attnum - 1] = 0, true
  from mine m
  join pg_index i on i.indrelid = m.oid
  join pg_class ic on ic.oid = i.indexrelid
  join pg_am am on am.oid = ic.relam and am.amname = 'btree'
  join pg_namespace n on n.oid = ic.relnamespace
  join pg_attribute a on a.attrelid = ic.oid and a.attnum > 0
  where m.keys is not null
), wanted as (
  select c.*, t.typname,
    -- Of other types, the text of a value does not tell its length.
    c.own and (c.attlen = -1 or t.typname = 'name')
      and (t.typcategory = 'S' or t.typname in ('numeric', 'inet', 'cidr', 'bytea')) as measurable
  from columns c
  join pg_type d on d.oid = c.atttypid
  join pg_type t on t.oid = coalesce(nullif(d.typbasetype, 0), d.oid)
)
select
  quote_ident(w.nspname) || '.' || quote_ident(w.relname) || '.' || quote_ident(w.attname) as object,
  w.oid as relation,
  w.attnum::int8 as number,
  w.key::int8 as key,
  w.attlen::int8 as length,
  w.attalign::text as align,
  w.typname::text as type,
  w.attnotnull as mandatory,
  w.attstattarget is distinct from 0 as sampled,
  s.null_frac::float8 as null_frac,
  s.avg_width::int8 as width,
  s.n_distinct::float8 as "distinct",
  case when w.is_key then s.most_common_freqs::text end as frequencies,
  l.lengths
from wanted w
left join lateral (
  select s.null_frac, s.avg_width, s.n_distinct, s.most_common_freqs, s.most_common_vals, s.histogram_bounds
  from pg_stats s
  where s.schemaname = w.nspname and s.tablename = w.relname and s.attname = w.attname and not s.inherited
) s on w.own
left join lateral (
  -- Bytes behind the length word, with the share of the rows that have so many. The histogram stands for all values
  -- that are not among the most common ones.
  select string_agg(g.bytes || ':' || g.share, ' ') as lengths
  from (
    select b.bytes, sum(x.share)::float4 as share
    from (
      select m.value, m.share
      from unnest(case when w.measurable then s.most_common_vals::text::text[] end, s.most_common_freqs) as m (value, share)
      where m.value is not null
      union all
      select h.value,
        (1 - s.null_frac - coalesce((select sum(f.f) from unnest(s.most_common_freqs) as f (f)), 0)) / h.bounds
      from (
        select v.value, count(*) over () as bounds
        from unnest(case when w.measurable then s.histogram_bounds::text::text[] end) as v (value)
      ) h
    ) x
    cross join lateral (
      select ltrim(split_part(x.value, '.', 1), '-0') as whole, rtrim(split_part(x.value, '.', 2), '0') as fraction
    ) n
    cross join lateral (
      select case
        -- Two bytes of sign and weight, two for each group of four decimal digits; empty groups at either end are not stored.
        when w.typname = 'numeric' then 2 + 2 * (
          ceil(length(n.whole) / 4.0) + ceil(length(n.fraction) / 4.0)
          - case when n.fraction = '' then div(length(n.whole) - length(rtrim(n.whole, '0')), 4) else 0 end
          - case when n.whole = '' then div(length(n.fraction) - length(ltrim(n.fraction, '0')), 4) else 0 end
        )::int
        when w.typname in ('inet', 'cidr') then case when x.value ~ ':' then 18 else 6 end
        when w.typname = 'bytea' then (octet_length(x.value) - 2) / 2
        else octet_length(x.value)
      end as bytes
    ) b
    group by b.bytes
  ) g
) l on w.measurable;
