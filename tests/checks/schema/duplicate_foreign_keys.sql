-- @good
CREATE TABLE parent (id int PRIMARY KEY, other int UNIQUE, UNIQUE (id, other));
CREATE TABLE child (
  id int PRIMARY KEY,
  a int REFERENCES parent,
  b int REFERENCES parent,
  c int REFERENCES parent (other),
  FOREIGN KEY (a, b) REFERENCES parent (id, other),
  FOREIGN KEY (b, a) REFERENCES parent (id, other)
);

-- The same column to two tables, and to two columns of one.
CREATE TABLE second (id int PRIMARY KEY);
ALTER TABLE child ADD FOREIGN KEY (a) REFERENCES second, ADD FOREIGN KEY (a) REFERENCES parent (other);

-- @bad warning
ALTER TABLE child
  ADD CONSTRAINT "a; DROP TABLE x" FOREIGN KEY (a) REFERENCES parent,
  ADD CONSTRAINT turned FOREIGN KEY (b, a) REFERENCES parent (other, id);
ALTER TABLE child ADD CONSTRAINT aaa FOREIGN KEY (b) REFERENCES parent NOT VALID;
CREATE TABLE parts (a int, CONSTRAINT one FOREIGN KEY (a) REFERENCES parent, CONSTRAINT two FOREIGN KEY (a) REFERENCES parent) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);

-- @fixed

-- @bad warning
ALTER TABLE child ADD CONSTRAINT cascades FOREIGN KEY (b) REFERENCES parent ON DELETE CASCADE;
