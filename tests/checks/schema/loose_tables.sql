-- @good
CREATE DOMAIN required AS text NOT NULL;
CREATE TABLE identifiers (id int PRIMARY KEY);
CREATE TABLE one_required (id int PRIMARY KEY, a text, b text, c text NOT NULL);
CREATE TABLE of_domain (id int PRIMARY KEY, a text, b text, c required);
CREATE TABLE two_optional (id int PRIMARY KEY, a text, b text);
CREATE TABLE link (a int, b int, c int, d int, PRIMARY KEY (a, b, c, d));
CREATE TABLE schema_migrations (version text);

-- @bad info
CREATE TABLE "a""b; DROP TABLE t" (id int PRIMARY KEY, a text, b text, c text);
CREATE TABLE nothing ();
CREATE TABLE one (a text);
CREATE TABLE parts (a int) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
