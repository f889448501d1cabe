-- @redact available
-- @good
CREATE TABLE t (id int PRIMARY KEY);
CREATE EXTENSION btree_gist;

-- @bad info
DROP EXTENSION pg_stat_statements;
CREATE EXTENSION pg_stat_statements VERSION '1.7';

-- @fixed
