-- @good
-- Keywords that need no quotes, or that only a type or function may not have.
CREATE TABLE status (id int PRIMARY KEY, name text, value text, date date, time time, "position" int, a$b int, _c int);
CREATE INDEX "Quoted Index" ON status (name);
CREATE TABLE "SequelizeMeta" (name text PRIMARY KEY);

-- @bad info
CREATE TABLE "user" (id int PRIMARY KEY, "order" int, "camelCase" int, "with blank" int, "straße" int);
CREATE TABLE "a""b; DROP TABLE status" (id int PRIMARY KEY);
CREATE TABLE parts ("A" int) PARTITION BY LIST ("A");
CREATE TABLE "Parts_1" PARTITION OF parts FOR VALUES IN (1);
DO $$ BEGIN
  -- Two bytes a letter: 32 of them are cut.
  EXECUTE format('CREATE TABLE %I (id int PRIMARY KEY)', repeat('b', 70));
  EXECUTE format('CREATE TABLE fits (%I int)', repeat('c', 62));
END $$;
