-- @good
CREATE TABLE t (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE t_2025 PARTITION OF t FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE "t_2026; """ PARTITION OF t FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE gone PARTITION OF t FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
ALTER TABLE t DETACH PARTITION gone;
CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);

-- @from 14
-- @bad warning
-- @session reader
BEGIN; SELECT FROM t;

-- @fails
SET lock_timeout = '500ms';

ALTER TABLE t DETACH PARTITION "t_2026; """ CONCURRENTLY;
-- @session reader
COMMIT;

-- @fixed
