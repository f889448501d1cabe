-- @server own pg_stat_statements.max=1000 pg_stat_statements.track=all
-- @redact entries filled cleanups cleanups_per_day
-- @good
CREATE TABLE t (id int);
SELECT 1;

-- @bad warning
DO $$
BEGIN
  FOR i IN 1 .. 1500 LOOP
    EXECUTE format('SELECT 1 AS c%s', i);
  END LOOP;
END
$$;
