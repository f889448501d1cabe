with clock as (
  select
    greatest(
      pg_postmaster_start_time(),
      (select stats_reset from pg_stat_bgwriter),
      (select stats_reset from pg_stat_archiver),
      (select stats_reset from pg_stat_wal)
    ) as cluster,
    (select stats_reset from pg_stat_database where datname = current_database()) as database
)
select
  extract(epoch from now() - greatest(database, cluster))::float8 as database,
  extract(epoch from now() - cluster)::float8 as cluster,
  greatest(database, cluster) as since
from clock;
