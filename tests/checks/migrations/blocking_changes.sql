-- @server own pg_stat_statements.track=top autovacuum=off
-- @fact statements.age = 30 days
-- @redact longest
-- @good
CREATE TABLE restored AS SELECT g AS id, repeat('x', 100) AS note FROM generate_series(1, 200000) g;

-- Forms that let others write, fast ones, and what is no change.
SELECT pg_stat_statements_reset();

CREATE INDEX CONCURRENTLY restored_note ON restored (note);

ALTER TABLE restored ADD CONSTRAINT restored_slow CHECK (id > 0 AND (id <> 1 OR length(pg_sleep(1.1)::text) >= 0)) NOT VALID;

ALTER TABLE restored VALIDATE CONSTRAINT restored_slow;

ALTER TABLE restored DROP CONSTRAINT restored_slow;

SELECT pg_sleep(1.2) AS "alter table";

-- A new table keeps nobody waiting.
CREATE TABLE public."New" (id int);

INSERT INTO "New" VALUES (1);

ALTER TABLE "New" ADD COLUMN slow text DEFAULT pg_sleep(1.1)::text;

CREATE FUNCTION pause(id bigint) RETURNS bigint IMMUTABLE LANGUAGE sql AS $$ SELECT id + length(pg_sleep(1.1)::text) $$;

CREATE MATERIALIZED VIEW fresh AS SELECT count(*) AS n FROM restored;

CREATE INDEX ON fresh (pause(n));

-- @bad warning
SET application_name = 'migration';

ALTER TABLE ONLY restored ADD COLUMN "secret; DROP TABLE t" text DEFAULT CASE random() WHEN 2 THEN 'hunter2' END;

CREATE FUNCTION slow(id int) RETURNS int IMMUTABLE LANGUAGE sql AS $$ SELECT CASE WHEN id = 7 THEN 1 + length(pg_sleep(1.2)::text) ELSE id END $$;

CREATE UNIQUE INDEX restored_slow ON restored (id) WHERE slow(id) <> 424242;

ALTER TABLE restored ADD CONSTRAINT restored_check CHECK (slow(id) <> -31337 AND note <> 'hunter2') NO INHERIT;
