-- @server own pg_stat_statements.max=1000 pg_stat_statements.track=all
-- @redact entries filled cleanups cleanups_per_day
-- @good
CREATE TABLE t (id int);
SELECT 1;

-- @bad warning
-- Each pattern of plus and minus is another statement.
DO $$
BEGIN
  FOR i IN 1 .. 1500 LOOP
    EXECUTE 'SELECT 1' || (SELECT string_agg(CASE WHEN i >> g & 1 = 1 THEN '+1' ELSE '-1' END, '') FROM generate_series(0, 10) g);
  END LOOP;
END
$$;
