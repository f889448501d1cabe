-- @server own
-- @redact pid
-- @good
CREATE TABLE t (id int);

-- A transaction that has just begun.
-- @session forgetful
SET application_name = 'shop "worker"';
BEGIN;
SELECT 1;

-- Idle for long, but in no transaction.
-- @session quiet
SELECT 1;

-- @bad warning
-- @later 10 min

-- @bad critical
-- @later 2 h
-- @session broken
BEGIN;

-- @then
SELECT 1;
