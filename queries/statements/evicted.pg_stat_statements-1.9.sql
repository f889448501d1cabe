select
  'pg_stat_statements' as object,
  count(*) as entries,
  current_setting('pg_stat_statements.max')::int8 as max,
  count(*) / current_setting('pg_stat_statements.max')::float8 as filled,
  i.dealloc as cleanups,
  i.dealloc / greatest(extract(epoch from now() - i.stats_reset) / 86400, 1)::float8 as cleanups_per_day
from {ext:pg_stat_statements}.pg_stat_statements s, {ext:pg_stat_statements}.pg_stat_statements_info i
group by i.dealloc, i.stats_reset;
