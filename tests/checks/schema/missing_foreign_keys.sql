-- @good
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE categories (id uuid PRIMARY KEY);
CREATE TABLE t (
  id int PRIMARY KEY,
  user_id bigint REFERENCES users,
  external_id bigint,
  category_id bigint,
  commentable_id bigint,
  commentable_type text,
  "userId" text,
  paid boolean
);
CREATE TABLE comments (id int PRIMARY KEY, user_id bigint, user_type text);
CREATE TABLE profiles (user_id bigint PRIMARY KEY);
CREATE SCHEMA other;
CREATE TABLE other.t (id int PRIMARY KEY, user_id bigint);

-- @bad info
CREATE TABLE orders (id int PRIMARY KEY, user_id bigint, "categoryId" uuid);
CREATE TABLE "a""b; DROP TABLE t" (id int PRIMARY KEY, category_id uuid) PARTITION BY HASH (id);
CREATE TABLE part PARTITION OF "a""b; DROP TABLE t" FOR VALUES WITH (MODULUS 1, REMAINDER 0);
