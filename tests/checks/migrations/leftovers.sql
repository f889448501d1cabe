-- @good
CREATE TABLE users (id int PRIMARY KEY, email text, balance_old int, balance_new int);

-- Names of this shape that are copies of nothing here.
CREATE TABLE threshold (id int PRIMARY KEY);
CREATE TABLE years_old (id int PRIMARY KEY, old_value text, new_value text);
CREATE TABLE backup (id int PRIMARY KEY, last_backup timestamptz, backup_path text);
CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE events_old PARTITION OF events DEFAULT;
CREATE MATERIALIZED VIEW filled AS SELECT count(*) FROM users;
CREATE VIEW users_tmp AS SELECT 1 AS one;
CREATE TEMPORARY TABLE users_bak (id int);

-- @bad warning
CREATE TABLE users_old (id int PRIMARY KEY);
CREATE TABLE users_backup_20260101 (id int PRIMARY KEY);
CREATE TABLE tmp_users (id int PRIMARY KEY);
CREATE TABLE "a""b; DROP TABLE users" (id int PRIMARY KEY, email text, _email_backup text, id_bak int);
CREATE TABLE "a""b; DROP TABLE users_old" (id int PRIMARY KEY);
CREATE MATERIALIZED VIEW empty AS SELECT count(*) FROM users WITH NO DATA;
CREATE SCHEMA repack; CREATE TABLE repack.log_16384 (id int);
