-- @redact actual
-- @good
CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk');
CREATE COLLATION unused (provider = icu, locale = 'fr');
CREATE TABLE t (id int PRIMARY KEY, a text COLLATE german, b text COLLATE "C", c text, d text);
CREATE UNIQUE INDEX ON t (b);
INSERT INTO t VALUES (1, 'a', 'b', 'c', 'd');

-- No index rests on it.
UPDATE pg_collation SET collversion = '1' WHERE collname = 'unused';

-- @bad critical
CREATE INDEX t_a ON t (a);
CREATE INDEX "a""b; DROP TABLE t" ON t (lower(d) COLLATE german, id);
CREATE COLLATION "a""b; DROP TABLE t" (provider = icu, locale = 'sv');
CREATE INDEX t_d ON t (d COLLATE "a""b; DROP TABLE t");
UPDATE pg_collation SET collversion = '1' WHERE collname IN ('german', 'a"b; DROP TABLE t');

-- @good
REINDEX TABLE t;
UPDATE pg_collation SET collversion = pg_collation_actual_version(oid) WHERE collname IN ('german', 'a"b; DROP TABLE t');
