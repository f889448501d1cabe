-- @good
CREATE TABLE events (a int) PARTITION BY LIST (a);
CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
CREATE TABLE events_rest PARTITION OF events DEFAULT;
INSERT INTO events SELECT 1 FROM generate_series(1, 100);

-- @bad warning
CREATE TABLE "a""b; DROP TABLE events" (a int) PARTITION BY LIST (a);
CREATE TABLE rest PARTITION OF "a""b; DROP TABLE events" DEFAULT;
INSERT INTO rest SELECT g FROM generate_series(1, 100) g;
