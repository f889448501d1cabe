-- @good
CREATE DOMAIN key AS bigint;
CREATE TABLE a (id int, user_id bigint, sent_at timestamptz, code text, status int, external_id text, parent_id int, "authorId" text, gone_id int);
CREATE TABLE b (id uuid, user_id key, sent_at timestamptz, code varchar(9), status text, external_id int, parent_id uuid, "authorId" char(3), gone_id text);
ALTER TABLE b DROP gone_id;
CREATE VIEW v AS SELECT 1::int AS user_id;
CREATE TABLE user_events (user_id text);
CREATE TABLE flyway_schema_history (user_id text);

-- Each has the type of what it refers to, and a zone that is missing is told elsewhere.
CREATE TABLE small_groups (id smallint PRIMARY KEY);
CREATE TABLE groups (id bigint PRIMARY KEY);
CREATE TABLE in_small (group_id smallint REFERENCES small_groups, sent_at timestamp);
CREATE TABLE in_large (group_id bigint REFERENCES groups);

-- @bad info
CREATE TABLE c (user_id int, sent_at date, "bookId" uuid);
CREATE TABLE "d""; DROP" (user_id uuid, sent_at timestamptz, "bookId" text) PARTITION BY HASH (user_id);
CREATE TABLE part PARTITION OF "d""; DROP" FOR VALUES WITH (MODULUS 1, REMAINDER 0);
