-- @good
CREATE TABLE t (id int PRIMARY KEY, email text, note text);
INSERT INTO t SELECT g, 'Mail' || g, 'n' FROM generate_series(1, 5000) g;
CREATE INDEX t_email ON t (lower(email));
CREATE INDEX t_note ON t (note);
CREATE TABLE few AS SELECT * FROM t LIMIT 100;

-- @then
VACUUM ANALYZE;

-- @then
-- A plain column, and a table of a few rows.
CREATE INDEX t_email_plain ON t (email);
CREATE INDEX few_email ON few (lower(email));

-- @bad info
CREATE INDEX t_upper ON t (id, upper(email), (email || note));
CREATE TABLE "a""b; DROP TABLE t" AS SELECT * FROM t;

-- @then
ANALYZE "a""b; DROP TABLE t";

-- @then
CREATE INDEX "lower; DROP TABLE t" ON "a""b; DROP TABLE t" (lower(email)) WHERE id > 10;

-- @fixed
