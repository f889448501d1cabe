-- @fact statements.age = 30 days
-- @redact mean share
-- @unknown
-- Too few calls in the whole database to mean anything.
CREATE TABLE t (id int);

-- @good
-- Called often, and fast.
-- @sessions 1
SET plan_cache_mode = force_generic_plan;

-- Slow, but seldom called.
SELECT pg_sleep(0.2), 'seldom';

SELECT pg_sleep(0.2), 'seldom';

-- Slow and often, but no query: a dump's COPY would lead every list.
DO $$ BEGIN PERFORM pg_sleep(0.1); END $$;
