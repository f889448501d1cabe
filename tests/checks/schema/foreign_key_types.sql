-- @good
CREATE DOMAIN code AS varchar(8);
CREATE TABLE parent (id int PRIMARY KEY, big bigint UNIQUE, code varchar(8) UNIQUE, amount numeric(10, 2) UNIQUE, UNIQUE (id, big));
CREATE TABLE child (
  id int PRIMARY KEY,
  parent_id int REFERENCES parent,
  wider bigint REFERENCES parent (id),
  code code REFERENCES parent (code),
  longer varchar(20) REFERENCES parent (code),
  text text REFERENCES parent (code),
  amount numeric(12, 3) REFERENCES parent (amount),
  FOREIGN KEY (parent_id, wider) REFERENCES parent (id, big)
);

-- @bad warning
CREATE TABLE narrow (id int PRIMARY KEY, a int REFERENCES parent (big), "b""; DROP TABLE t" smallint REFERENCES parent (id));
CREATE TABLE cast_each_time (id int PRIMARY KEY, a int REFERENCES parent (amount), b char(8) REFERENCES parent (code));
CREATE TABLE several (id int PRIMARY KEY, a smallint, b int, FOREIGN KEY (a, b) REFERENCES parent (id, big));

-- Once at the root.
CREATE TABLE parts (a int REFERENCES parent (big)) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2);
