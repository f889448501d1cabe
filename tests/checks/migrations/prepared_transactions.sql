-- @server own max_prepared_transactions=5
-- @redact oldest
-- @good
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE "a""b; DROP TABLE t" (id int PRIMARY KEY);

-- Just prepared.
BEGIN;
INSERT INTO t VALUES (1);
PREPARE TRANSACTION 'now';

-- @then
COMMIT PREPARED 'now';

-- @bad warning
BEGIN;
INSERT INTO t VALUES (2);
PREPARE TRANSACTION 'writes';

BEGIN;
LOCK TABLE "a""b; DROP TABLE t";
INSERT INTO t VALUES (3);
PREPARE TRANSACTION 'it''s "locked"';

-- @later 10min

-- @bad critical
-- @later 70min
-- @good
-- @then
ROLLBACK PREPARED 'writes';

ROLLBACK PREPARED 'it''s "locked"';
