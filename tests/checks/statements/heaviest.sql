-- @server own pg_stat_statements.track=all
-- @fact statements.age = 30 days
-- @redact total share calls mean
-- @shows
CREATE TABLE t (id int);
INSERT INTO t SELECT g FROM generate_series(1, 4000) g;
SELECT count(*) FROM t a JOIN t b ON a.id <= b.id % 100;
