-- @server own shared_buffers=4MB synchronize_seqscans=off
-- @redact blocks hits ratio
-- @unknown
-- Too little traffic to mean anything.
CREATE TABLE small (id int PRIMARY KEY, n int) WITH (autovacuum_enabled = off);
INSERT INTO small SELECT g, 0 FROM generate_series(1, 10000) g;

-- @good
DO $$
BEGIN
  FOR i IN 1 .. 1200 LOOP
    PERFORM count(*) FROM small;
  END LOOP;
  SET LOCAL enable_seqscan = off;
  FOR i IN 1 .. 3000 LOOP
    PERFORM * FROM small WHERE id BETWEEN i AND i + 3000;
  END LOOP;
END
$$;

-- @bad critical
CREATE TABLE large (id int, note text);
INSERT INTO large SELECT g, repeat('x', 400) FROM generate_series(1, 40000) g;

-- @then
DO $$
BEGIN
  FOR i IN 1 .. 60 LOOP
    PERFORM count(*) FROM large;
  END LOOP;
END
$$;
