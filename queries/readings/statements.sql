/*
title: Statements that take the most time, or take long each time
kind: shared
why: >
  Queries and data changes of this database from pg_stat_statements, summed over users. Statements of
  pgaudit are left out. The text comes without comments, so that a trace id in one makes no new statement.
evidence: counters
needs:
  library: pg_stat_statements
  extension: pg_stat_statements
  role: pg_read_all_stats
  select: "{ext:pg_stat_statements}.pg_stat_statements"
  setting: { pg_stat_statements.track: [top, all] }
columns:
  object: name
  calls: count
  total: milliseconds
  mean: milliseconds
  repeated_mean: milliseconds
  share: ratio
  rows_per_call: number
  query: text
  longest: milliseconds
  change: flag
  bulk: flag
*/
with texts as (
  -- One queryid has a text for each user and nesting level, with whatever comment came first.
  select min(s.query) as query, sum(s.calls)::int8 as calls, sum(s.total_time)::float8 as total, max(s.max_time)::float8 as longest, sum(s.rows)::float8 as rows
  from {ext:pg_stat_statements}.pg_stat_statements s
  where s.dbid = (select oid from pg_database where datname = current_database())
  group by s.queryid
), statements as (
  select
    -- A text that was evicted while it ran is kept as it was sent: nothing of its values is shown.
    regexp_replace(
      regexp_replace(p.query, '''([^''\\]|\\.)*(''|$)', '''…''', 'g'), '(?<![\w$])\$(\w*?)\$.*?(\$\1\$|$)', '$$…$$', 'g'
    ) as query,
    sum(t.calls)::int8 as calls, sum(t.total) as total, max(t.longest) as longest, sum(t.rows) as rows
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
), utility as (
  select s.calls, s.longest,
    -- Texts of DDL hold what was typed, literals too: what is shown ends before the first.
    case when s.query ~* '^(alter|create)\M' then rtrim(regexp_replace(s.query, '(?i)([''(;$=]|\m(default|using|check|where|as)\M).*$', ''))
      else rtrim(s.query, '; ') end as query,
    case
      when s.query ~* '^alter table' then
        s.query !~* '(\m(validate constraint|attach partition|set statistics|cluster on|concurrently)\M|\mset \()'
      when s.query ~* '^reindex' then s.query !~* '^reindex[^"]*\mconcurrently\M'
      when s.query ~* '^(create (unique )?index|drop index)\M' then s.query !~* '^(create (unique )?|drop )index concurrently\M'
      else s.query ~* '^(drop table|cluster|vacuum (full|\([^)]*full))\M'
    end as blocks,
    s.query ~* '^create .*\m(table|materialized view)\M' and s.query !~* '^[^"(]*\mif not exists\M' as makes,
    lower(replace(regexp_replace(
      substring(s.query from '(?i)\m(?:on|table|view)\s+(?:if exists |only )*((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)'), '^.*\.', ''
    ), '"', '')) as of_table
  from statements s
  where s.query ~* '^(alter table|create|drop (table|index)|reindex|cluster|vacuum)\M'
), change as (
  select u.query, sum(u.calls)::int8 as calls, max(u.longest) as longest
  from utility u
  where u.blocks and u.longest >= 100
    and not exists (select from utility made where made.makes and made.of_table = u.of_table)
  group by u.query
)
select
  to_hex(hashtextextended(r.query, 0)) as object,
  r.calls,
  r.total,
  r.total / r.calls as mean,
  case when r.calls >= 100 then r.total / r.calls end as repeated_mean,
  r.share,
  r.rows / r.calls as rows_per_call,
  r.query,
  null::float8 as longest,
  null::bool as change,
  null::bool as bulk
from ranked r
where r.by_total <= 50 or r.by_mean <= 50
union all
select to_hex(hashtextextended(c.query, 0)), c.calls, null, null, null, null, null, c.query, c.longest, true, null
from change c
union all
select to_hex(hashtextextended(s.query, 0)), s.calls, null, null, null, null, s.rows / s.calls, s.query, s.longest, null, true
from statements s
where s.rows >= 10000 * s.calls and s.query ~* '^(with .*\) ?)?(update|delete)\M';
