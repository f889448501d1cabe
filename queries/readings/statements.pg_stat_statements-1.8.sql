with texts as (
  -- One queryid has a text for each user and nesting level, with whatever comment came first.
  select min(s.query) as query, sum(s.calls)::int8 as calls, sum(s.total_exec_time)::float8 as total, sum(s.rows)::float8 as rows
  from {ext:pg_stat_statements}.pg_stat_statements s
  where s.dbid = (select oid from pg_database where datname = current_database())
  group by s.queryid
), statements as (
  select
    -- A text that was evicted while it ran is kept as it was sent: nothing of its values is shown.
    regexp_replace(
      regexp_replace(p.query, '''([^''\\]|\\.)*(''|$)', '''…''', 'g'), '(?<![\w$])\$(\w*?)\$.*?(\$\1\$|$)', '$$…$$', 'g'
    ) as query,
    sum(t.calls)::int8 as calls, sum(t.total) as total, sum(t.rows) as rows
  from texts t
  cross join lateral (
    -- Comments go, but not what only looks like one within quotes.
    select btrim(regexp_replace(
      regexp_replace(t.query, '("[^"]*"|''[^'']*'')|/\*([^*]|\*+[^*/])*\*+/|--[^\n]*', '\1', 'g'), '\s+', ' ', 'g'
    )) as query
  ) p
  where t.query !~ '/\* pgaudit:[a-z_/]+ \*/'
  group by 1
), ranked as (
  select s.*, s.total / nullif(sum(s.total) over (), 0) as share,
    rank() over (order by s.total desc) as by_total,
    -- A statement that ran a few times says little by its mean.
    rank() over (order by case when s.calls >= 100 then s.total / s.calls end desc nulls last) as by_mean
  from statements s
  where s.query ~* '^[( ]*(select|insert|update|delete|merge|with|values|table)\M'
)
select
  to_hex(hashtextextended(r.query, 0)) as object,
  r.calls,
  r.total,
  r.total / r.calls as mean,
  case when r.calls >= 100 then r.total / r.calls end as repeated_mean,
  r.share,
  r.rows / r.calls as rows_per_call,
  r.query
from ranked r
where r.by_total <= 50 or r.by_mean <= 50;
