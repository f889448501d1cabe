/*
title: How old the counters are
kind: fact
why: >
  A counter that began yesterday says nothing about last month. The reset of a database's statistics
  alone does not tell: a crash discards them without moving it, but moves those of the whole server.
evidence: counters
columns: { database: seconds, cluster: seconds, since: time }
*/
with clock as (
  select
    greatest(
      pg_postmaster_start_time(),
      (select stats_reset from pg_stat_bgwriter),
      (select stats_reset from pg_stat_archiver)
    ) as cluster,
    (select stats_reset from pg_stat_database where datname = current_database()) as database
)
select
  extract(epoch from now() - greatest(database, cluster))::float8 as database,
  extract(epoch from now() - cluster)::float8 as cluster,
  greatest(database, cluster) as since
from clock;
