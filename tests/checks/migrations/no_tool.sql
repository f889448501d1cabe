-- @good
-- A few tables are no schema that needs a tool.
DO $$ BEGIN FOR i IN 1..9 LOOP EXECUTE 'CREATE TABLE t' || i || ' (id int PRIMARY KEY)'; END LOOP; END $$;
CREATE TEMPORARY TABLE scratch (id int);
CREATE TABLE events (id int) PARTITION BY LIST (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);

-- The record of a tool, also in a schema of its own.
CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
CREATE TABLE t11 (id int PRIMARY KEY);

-- @bad info
DROP SCHEMA drizzle CASCADE;

-- Its name, and other columns.
CREATE TABLE schema_migrations (id int, note text);
