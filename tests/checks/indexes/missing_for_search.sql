-- @good
CREATE TABLE t (id int PRIMARY KEY, a tsvector, b tsvector, c tsvector, d tsvector, body text);
CREATE INDEX ON t USING gin (a);
CREATE INDEX ON t USING gist (b);
CREATE INDEX ON t USING gin (setweight(c, 'A'));
CREATE INDEX ON t USING gin (d) WHERE id > 0;
CREATE INDEX ON t USING gin (to_tsvector('english', body));

CREATE TABLE events (id int, at date, a tsvector) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON events USING gin (a);

-- A column of that type which is no more, a view, a temporary table.
CREATE TABLE dropped (id int PRIMARY KEY, a tsvector);
ALTER TABLE dropped DROP a;
CREATE VIEW v AS SELECT to_tsvector('english', body) AS a FROM t;
CREATE TEMPORARY TABLE scratch (a tsvector);

-- @bad warning
CREATE TABLE plain (id int PRIMARY KEY, a tsvector GENERATED ALWAYS AS (to_tsvector('english', 'x')) STORED, b tsvector);
CREATE INDEX ON plain (b);
CREATE TABLE "a""b; DROP TABLE t" (id int PRIMARY KEY, "the ""a""" tsvector);
CREATE MATERIALIZED VIEW seen AS SELECT to_tsvector('english', body) AS a FROM t;

-- @fixed

-- @bad warning
CREATE TABLE visits (id int, at date, a tsvector) PARTITION BY RANGE (at);
CREATE TABLE visits_2026 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
