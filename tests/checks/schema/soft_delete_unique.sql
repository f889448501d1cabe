-- @good
CREATE TABLE partial (id int PRIMARY KEY, email text, deleted_at timestamptz);
CREATE UNIQUE INDEX ON partial (email) WHERE deleted_at IS NULL;
CREATE TABLE held (id int PRIMARY KEY, email text, deleted boolean, UNIQUE (email, deleted));
CREATE TABLE identified (id int PRIMARY KEY, public_id text UNIQUE, key uuid UNIQUE, deleted_at timestamptz);
CREATE TABLE unmarked (id int PRIMARY KEY, email text UNIQUE, deleted_by text);
CREATE TABLE plain (id int PRIMARY KEY, email text, deleted_at timestamptz);
CREATE INDEX ON plain (email);
CREATE TABLE expression (id int PRIMARY KEY, email text, deleted_at timestamptz);
CREATE UNIQUE INDEX ON expression (email, coalesce(deleted_at, 'infinity'));

-- @bad info
CREATE TABLE "a""b; DROP TABLE t" (id int PRIMARY KEY, email text UNIQUE, code text, "isDeleted" boolean, UNIQUE (code, id));
CREATE TABLE parts (id int, email text, deleted_at timestamptz, UNIQUE (id, email)) PARTITION BY LIST (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
