/*
title: pg_stat_statements drops statements
kind: reading
scope: cluster
about: server
why: |
  pg_stat_statements keeps pg_stat_statements.max statements. When more different ones run, it drops those that
  were called least, with their times: rankings then miss statements, and shares are too high. Before version
  1.9 of the extension only the filling tells; from then on each clean-up is counted.
says: "{entries} of {max} places taken, {cleanups} clean-ups"
fix: { advice: "raise pg_stat_statements.max (now {max}) in postgresql.conf and restart; statements that differ only in generated names or in the number of list items are what usually fills it" }
evidence: counters
needs:
  library: pg_stat_statements
  extension: pg_stat_statements
  select: "{ext:pg_stat_statements}.pg_stat_statements"
columns:
  object: name
  entries: count
  max: count
  filled: ratio
  cleanups: count
  cleanups_per_day: number
*/
select
  'pg_stat_statements' as object,
  count(*) as entries,
  current_setting('pg_stat_statements.max')::int8 as max,
  count(*) / current_setting('pg_stat_statements.max')::float8 as filled,
  null::int8 as cleanups,
  null::float8 as cleanups_per_day
from {ext:pg_stat_statements}.pg_stat_statements;
