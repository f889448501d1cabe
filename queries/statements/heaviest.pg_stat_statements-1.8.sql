with mine as (
  select s.queryid, s.query, sum(s.calls)::int8 as calls, sum(s.total_exec_time)::float8 as total
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
  m.total,
  m.total / nullif(s.total, 0) as share,
  m.calls,
  m.total / m.calls as mean,
  regexp_replace(m.query, '\s+', ' ', 'g') as query,
  s.population
from sums s
left join (select * from mine order by total desc limit 20) m on true
order by m.total desc nulls last, object;
