-- @server own pg_stat_statements.track=all
-- @fact statements.age = 30 days
-- @redact mean share calls
-- @unknown
-- Too few calls in the whole database to mean anything.
CREATE TABLE t (id int);

-- @good
-- Often, and fast.
DO $$
BEGIN
  FOR i IN 1 .. 1200 LOOP
    EXECUTE 'SELECT count(*) FROM t WHERE id = 0';
  END LOOP;
END
$$;

-- Slow, but seldom.
SELECT 'a report' FROM t, pg_sleep(0.5);

-- Slow and often, but no query: the COPY of a dump would lead every list.
DO $$
BEGIN
  FOR i IN 1 .. 100 LOOP
    EXECUTE 'ALTER TABLE t ADD COLUMN c' || i || ' int DEFAULT length(pg_sleep(0.001)::text)';
  END LOOP;
END
$$;

-- @bad warning
DO $$
BEGIN
  FOR i IN 1 .. 110 LOOP
    EXECUTE 'SELECT ''often'', pg_sleep(0.1)';
  END LOOP;
END
$$;
