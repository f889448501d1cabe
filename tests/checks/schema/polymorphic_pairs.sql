-- @good
CREATE TABLE documents (id int PRIMARY KEY);
CREATE TABLE kinds (code text PRIMARY KEY);
CREATE TYPE kind AS ENUM ('a', 'b');
CREATE TABLE t (
  id int PRIMARY KEY,
  document_id int REFERENCES documents,
  document_type text,
  kind_type text REFERENCES kinds,
  kind_id int,
  content_type text,
  type text,
  user_id int,
  blood_type kind,
  blood_id int
);
CREATE TABLE activity_log (id int PRIMARY KEY, subject_id int, subject_type text);
CREATE VIEW v AS SELECT 1 AS item_id, ''::text AS item_type;

-- @bad info
CREATE TABLE comments (id int PRIMARY KEY, commentable_id bigint NOT NULL, commentable_type varchar(20) NOT NULL);
CREATE TABLE "a""; DROP" (id int PRIMARY KEY, "ownerId" uuid, "ownerType" text, item_id text, item_type text) PARTITION BY HASH (id);
CREATE TABLE part PARTITION OF "a""; DROP" FOR VALUES WITH (MODULUS 1, REMAINDER 0);
