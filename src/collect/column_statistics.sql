select
  has_column_privilege(c.oid, a.attnum, 'SELECT') and not row_security_active(c.oid) as readable,
  s.null_frac,
  s.avg_width,
  s.n_distinct,
  s.correlation,
  s.most_common_freqs::text as frequencies,
  l.lengths
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_type d on d.oid = a.atttypid
join pg_type t on t.oid = coalesce(nullif(d.typbasetype, 0), d.oid)
-- The offset keeps the view from being read as a whole and joined by names.
left join lateral (
  select *
  from pg_stats s
  where s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname and not s.inherited
  offset 0
) s on true
cross join lateral (
  -- Of other types, the text of a value does not tell its length.
  select (a.attlen = -1 or t.typname = 'name')
    and (t.typcategory = 'S' or t.typname in ('numeric', 'inet', 'cidr', 'bytea')) as measurable
) m
left join lateral (
  -- Bytes behind the length word, with the share of the rows that have so many. The histogram stands for all values
  -- that are not among the most common ones.
  select string_agg(g.bytes || ':' || g.share, ' ') as lengths
  from (
    select b.bytes, sum(x.share)::float4 as share
    from (
      select v.value, v.share
      from unnest(case when m.measurable then s.most_common_vals::text::text[] end, s.most_common_freqs) as v (value, share)
      where v.value is not null
      union all
      select h.value,
        (1 - s.null_frac - coalesce((select sum(f.f) from unnest(s.most_common_freqs) as f (f)), 0)) / h.bounds
      from (
        select v.value, count(*) over () as bounds
        from unnest(case when m.measurable then s.histogram_bounds::text::text[] end) as v (value)
      ) h
    ) x
    cross join lateral (
      select ltrim(split_part(x.value, '.', 1), '-0') as whole, rtrim(split_part(x.value, '.', 2), '0') as fraction
    ) n
    cross join lateral (
      select case
        -- Two bytes of sign and weight, two for each group of four decimal digits; empty groups at either end are not stored.
        when t.typname = 'numeric' then 2 + 2 * (
          (length(n.whole) + 3) / 4 + (length(n.fraction) + 3) / 4
          - case when n.fraction = '' then (length(n.whole) - length(rtrim(n.whole, '0'))) / 4 else 0 end
          - case when n.whole = '' then (length(n.fraction) - length(ltrim(n.fraction, '0'))) / 4 else 0 end
        )
        when t.typname in ('inet', 'cidr') then case when x.value ~ ':' then 18 else 6 end
        when t.typname = 'bytea' then (octet_length(x.value) - 2) / 2
        else octet_length(x.value)
      end as bytes
    ) b
    group by b.bytes
  ) g
) l on m.measurable
where a.attrelid = relation and a.attnum = number
