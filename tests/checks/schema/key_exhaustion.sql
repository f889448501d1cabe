-- @good
CREATE DOMAIN small AS smallint;
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, big bigserial, n numeric);
SELECT setval('t_id_seq', 1000000000), setval('t_big_seq', 3000000000);

-- Only as wide as it has to be.
CREATE SEQUENCE round AS smallint CYCLE;
SELECT setval('round', 32000);

CREATE SEQUENCE down INCREMENT -1 MINVALUE -1000 MAXVALUE -1;
SELECT setval('down', -500);

-- Not yet used.
CREATE SEQUENCE fresh AS smallint;

-- @bad warning
-- The column is narrower than the sequence that feeds it.
CREATE SEQUENCE fed;
CREATE TABLE by_default (id int PRIMARY KEY DEFAULT nextval('fed'));
SELECT setval('fed', 1600000000);

CREATE SEQUENCE lower INCREMENT -1 MINVALUE -1000 MAXVALUE -1;
SELECT setval('lower', -800);

-- @bad critical
CREATE TABLE "a""b; DROP TABLE t" (id serial PRIMARY KEY, n smallserial);
SELECT setval('"a""b; DROP TABLE t_id_seq"', 2140000000), setval('"a""b; DROP TABLE t_n_seq"', 32000);

-- A bigint key whose reference is an integer.
CREATE TABLE parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent);
SELECT setval('parent_id_seq', 2100000000);

CREATE SEQUENCE of_domain;
CREATE TABLE by_domain (id small PRIMARY KEY DEFAULT nextval('of_domain'));
SELECT setval('of_domain', 31000);

-- It starts again only after the end of its column.
CREATE SEQUENCE cycles CYCLE;
CREATE TABLE fails_first (id int PRIMARY KEY DEFAULT nextval('cycles'));
SELECT setval('cycles', 2147483000);

-- One sequence for all partitions.
CREATE TABLE parts (id serial, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
SELECT setval('parts_id_seq', 2140000000);
