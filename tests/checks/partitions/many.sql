-- @good
CREATE TABLE several (a int) PARTITION BY LIST (a);
DO $$ BEGIN
  FOR n IN 1..110 LOOP
    EXECUTE format('CREATE TABLE some_%s PARTITION OF several FOR VALUES IN (%s)', n, n);
  END LOOP;
END $$;

-- @bad info
CREATE TABLE "a""b; DROP TABLE several" (a int) PARTITION BY LIST (a);

DO $$ BEGIN
  FOR n IN 1..1000 LOOP
    EXECUTE format('CREATE TABLE many_%s PARTITION OF "a""b; DROP TABLE several" FOR VALUES IN (%s)', n, n);
    IF n % 50 = 0 THEN COMMIT; END IF;
  END LOOP;
END $$;
