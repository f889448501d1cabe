/*
title: How old and how full pg_stat_statements is
kind: fact
why: >
  A ranking of statements means nothing shortly after a reset. Before version 1.9 of the extension
  nobody records when it was reset; then the start of the server is the best that is known.
evidence: counters
needs:
  library: pg_stat_statements
  extension: pg_stat_statements
  select: "{ext:pg_stat_statements}.pg_stat_statements"
columns: { age: seconds, calls: count }
*/
select
  extract(
    epoch from now() - greatest(pg_postmaster_start_time(), (select stats_reset from pg_stat_bgwriter))
  )::float8 as age,
  (select sum(s.calls) from {ext:pg_stat_statements}.pg_stat_statements s
   join pg_database d on d.oid = s.dbid where d.datname = current_database())::int8 as calls;
