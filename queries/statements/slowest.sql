/*
title: Slowest statements by mean time
kind: reading
about: statement
why: |
  Statements that run often and take long each time, with their part of the time of all statements in this
  database. Only queries and data changes count, called at least 100 times: otherwise the COPY of a dump or an
  index build always leads. Statements of pgaudit itself are left out.
says: "{mean} on average over {calls} calls, {share} of all statement time"
fix: { advice: "EXPLAIN (ANALYZE, BUFFERS) it with typical values: look for a sequential scan, a sort on disk or a row estimate that is far off" }
evidence: counters
needs:
  library: pg_stat_statements
  extension: pg_stat_statements
  role: pg_read_all_stats
  select: "{ext:pg_stat_statements}.pg_stat_statements"
  setting: { pg_stat_statements.track: [top, all] }
  counters: statements
columns:
  object: name
  mean: milliseconds
  calls: count
  share: ratio
  rows_per_call: number
  query: text
*/
with mine as (
  select s.queryid, s.query, sum(s.calls)::int8 as calls, sum(s.total_time)::float8 as total, sum(s.rows)::float8 as rows
  from {ext:pg_stat_statements}.pg_stat_statements s
  join pg_database d on d.oid = s.dbid
  where d.datname = current_database()
    and s.query ~* '^\s*((/\*.*?\*/|--[^\n]*\n)\s*)*(select|insert|update|delete|merge|with|values|table)\M'
    and s.query !~ '/\* pgaudit:[a-z_/]+ \*/'
  group by s.queryid, s.query
), sums as (
  select count(*) as population, sum(total) as total from mine
)
select
  to_hex(hashtextextended(m.query, 0)) as object,
  m.total / m.calls as mean,
  m.calls,
  m.total / nullif(s.total, 0) as share,
  m.rows / m.calls as rows_per_call,
  regexp_replace(m.query, '\s+', ' ', 'g') as query,
  s.population
from sums s
left join (select * from mine where calls >= 100 order by total / calls desc limit 20) m on true
order by mean desc nulls last, object;
