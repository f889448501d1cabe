-- @good
CREATE TABLE small (id int PRIMARY KEY);
CREATE TABLE large (id int PRIMARY KEY);
CREATE TABLE inserted (id int PRIMARY KEY);
CREATE TABLE apart (id int PRIMARY KEY);
ALTER TABLE small REPLICA IDENTITY FULL;
ALTER TABLE inserted REPLICA IDENTITY FULL;
ALTER TABLE apart REPLICA IDENTITY FULL;
CREATE PUBLICATION changes FOR TABLE small, large;
CREATE PUBLICATION inserts FOR TABLE inserted WITH (publish = 'insert');
UPDATE pg_class SET relpages = CASE relname WHEN 'small' THEN 1000 ELSE 131072 END WHERE relname IN ('small', 'large', 'inserted', 'apart');

-- @bad warning
CREATE TABLE "a""; DROP" (id int PRIMARY KEY);
CREATE TABLE keyless (id int);
CREATE TABLE parts (id int, PRIMARY KEY (id)) PARTITION BY HASH (id);
CREATE TABLE parts_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE SCHEMA other;
CREATE TABLE other.parts_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
ALTER TABLE "a""; DROP" REPLICA IDENTITY FULL;
ALTER TABLE keyless REPLICA IDENTITY FULL;
ALTER TABLE other.parts_1 REPLICA IDENTITY FULL;
ALTER PUBLICATION changes ADD TABLE "a""; DROP", keyless;
CREATE PUBLICATION roots FOR TABLE parts WITH (publish_via_partition_root = true);
UPDATE pg_class SET relpages = 131072 WHERE relname IN ('a"; DROP', 'keyless', 'parts_0', 'parts_1');

-- @bad warning
-- By another way, and in two of them.
CREATE PUBLICATION everything FOR ALL TABLES;
ALTER TABLE large REPLICA IDENTITY FULL;

-- @unknown
-- Never vacuumed nor analyzed: nobody knows how large it is.
CREATE TABLE loaded (id int PRIMARY KEY);
ALTER TABLE loaded REPLICA IDENTITY FULL;
ALTER PUBLICATION changes ADD TABLE loaded;
