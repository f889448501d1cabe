-- @good
CREATE TABLE t (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  country char(2) NOT NULL,
  currency char(3),
  data jsonb,
  name varchar,
  ip inet,
  zip text,
  ship text,
  uuid char(36)
);
CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version varchar(50));

-- @bad info
CREATE TABLE bad (id serial PRIMARY KEY, code char(10), "d""; DROP TABLE t" json, name varchar(255), ip_address text, "remote_ip" varchar(45));
CREATE TABLE parts (a int, name varchar(20)) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
