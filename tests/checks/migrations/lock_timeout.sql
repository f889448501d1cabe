-- @good
CREATE TABLE t (id int PRIMARY KEY);
ALTER DATABASE migrations_lock_timeout SET lock_timeout = '5s';

-- @bad info
CREATE ROLE "migrates ""b""; DROP TABLE t";
ALTER ROLE "migrates ""b""; DROP TABLE t" IN DATABASE migrations_lock_timeout SET lock_timeout = 0;
CREATE TABLE u (id int PRIMARY KEY);
ALTER TABLE u OWNER TO "migrates ""b""; DROP TABLE t";

-- @good
DROP TABLE u;
DROP OWNED BY "migrates ""b""; DROP TABLE t";
DROP ROLE "migrates ""b""; DROP TABLE t";
