-- @good
CREATE TABLE t (id int PRIMARY KEY);
DO $$ BEGIN
  EXECUTE (SELECT 'CREATE TABLE wide (' || string_agg('c' || g || ' int', ', ') || ')' FROM generate_series(1, 900) g);
END $$;

-- @bad warning
DO $$ BEGIN
  EXECUTE (SELECT 'CREATE TABLE "a""b; DROP TABLE t" (' || string_agg('c' || g || ' int', ', ') || ')' FROM generate_series(1, 1300) g);
END $$;
ALTER TABLE "a""b; DROP TABLE t" DROP c1, DROP c2, DROP c1300;

-- @bad critical
DO $$ BEGIN
  EXECUTE (SELECT 'CREATE TABLE full_up (' || string_agg('c' || g || ' int', ', ') || ')' FROM generate_series(1, 1550) g);
END $$;
