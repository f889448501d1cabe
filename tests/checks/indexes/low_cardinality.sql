-- @good
CREATE TYPE state AS ENUM ('new', 'done');
CREATE TYPE country AS ENUM ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k');
CREATE TABLE t (id int PRIMARY KEY, a bool, s state, c country, code int);
CREATE INDEX t_a_part ON t (code) WHERE a;
CREATE INDEX t_a_new ON t (a) WHERE s = 'new';
CREATE INDEX t_a_code ON t (a, code);
CREATE INDEX t_a_held ON t (a) INCLUDE (code);
CREATE UNIQUE INDEX t_s ON t (s);
CREATE INDEX t_c ON t (c);
CREATE TEMPORARY TABLE scratch (a bool);
CREATE INDEX ON scratch (a);

-- @bad info
CREATE INDEX t_a ON t (a);
CREATE INDEX "a""b; DROP TABLE t" ON t USING hash (s);
CREATE TABLE events (id int, at date, a bool) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX events_a ON events (a);
