-- @good
CREATE TABLE t (id int PRIMARY KEY, tags text[], doc jsonb, during tstzrange, code text, parts int[], more jsonb);
CREATE INDEX ON t USING gin (tags);
CREATE INDEX ON t (tags);
CREATE INDEX ON t USING gin ((doc -> 'tags'));
CREATE INDEX ON t (doc);
CREATE INDEX ON t ((doc ->> 'email'));
CREATE UNIQUE INDEX ON t (parts);
CREATE INDEX ON t (code, more);
ALTER TABLE t ADD EXCLUDE USING gist (during WITH &&);
CREATE INDEX ON t (during);
CREATE TEMPORARY TABLE scratch (tags text[]);
CREATE INDEX ON scratch (tags);

-- @bad warning
CREATE TABLE "a""b; DROP TABLE t" (id int PRIMARY KEY, "the ""tags""" text[], doc jsonb, during daterange);
CREATE INDEX "tags""; DROP TABLE t" ON "a""b; DROP TABLE t" ("the ""tags""", id);
CREATE INDEX doc_hash ON "a""b; DROP TABLE t" USING hash (doc);
CREATE INDEX during_part ON "a""b; DROP TABLE t" (during) WHERE id > 0;

-- @fixed

-- @bad info
CREATE TABLE events (id int, at date, tags int[]) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX events_tags ON events (tags);
