-- @good
-- All have it, none of the others has what one has, and what was made ON ONLY has all its parts.
CREATE TABLE t (id int, a int, b int) PARTITION BY LIST (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE t_2 (b int, gone int, a int, id int);
ALTER TABLE t_2 DROP gone;
ALTER TABLE t ATTACH PARTITION t_2 FOR VALUES IN (2);
CREATE TABLE t_3 PARTITION OF t FOR VALUES IN (3);
CREATE INDEX ON t (a);
CREATE INDEX t_b ON ONLY t (b);
CREATE INDEX t_1_b ON t_1 (b);
CREATE INDEX t_2_b ON t_2 (b);
CREATE INDEX t_3_b ON t_3 (b);
ALTER INDEX t_b ATTACH PARTITION t_1_b;
ALTER INDEX t_b ATTACH PARTITION t_2_b;
ALTER INDEX t_b ATTACH PARTITION t_3_b;
CREATE INDEX ON t_1 (a, b);
CREATE INDEX ON t_1 (id) WHERE a > 0;
CREATE INDEX ON t_2 (id) WHERE a > 0;

-- A longer one serves as well.
CREATE INDEX ON t_1 (id);
CREATE INDEX ON t_2 (id);
CREATE INDEX ON t_3 (id, a);
CREATE TABLE empty (id int) PARTITION BY LIST (id);
CREATE INDEX ON empty (id);
CREATE TABLE parent (a int);
CREATE TABLE child () INHERITS (parent);
CREATE INDEX ON parent (a);

-- @bad info
CREATE INDEX ON t_1 (b, id);
CREATE INDEX ON t_2 (b, id);
CREATE INDEX ON t_1 (a DESC, id);
CREATE INDEX ON t_2 (a, id);

-- @bad warning
CREATE INDEX "t_x; """ ON ONLY t (id, b, a);
CREATE INDEX t_1_x ON t_1 (id, b, a);
ALTER INDEX "t_x; """ ATTACH PARTITION t_1_x;
CREATE TABLE "deep; """ (id int, a int) PARTITION BY LIST (id);
CREATE TABLE deep_1 PARTITION OF "deep; """ FOR VALUES IN (1) PARTITION BY LIST (a);
CREATE TABLE deep_1_1 PARTITION OF deep_1 FOR VALUES IN (1);
CREATE INDEX deep_a ON ONLY "deep; """ (a);
CREATE INDEX deep_1_a ON ONLY deep_1 (a);
ALTER INDEX deep_a ATTACH PARTITION deep_1_a;
