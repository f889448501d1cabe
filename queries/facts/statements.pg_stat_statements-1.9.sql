select
  extract(
    epoch from now() - greatest(
      pg_postmaster_start_time(), (select stats_reset from pg_stat_bgwriter), i.stats_reset
    )
  )::float8 as age,
  (select sum(s.calls) from {ext:pg_stat_statements}.pg_stat_statements s
   join pg_database d on d.oid = s.dbid where d.datname = current_database())::int8 as calls
from {ext:pg_stat_statements}.pg_stat_statements_info i;
