-- @shows
CREATE TABLE busy (id int PRIMARY KEY, n int);
INSERT INTO busy SELECT g, 0 FROM generate_series(1, 1000) g;
CREATE TABLE quiet (id int PRIMARY KEY);
INSERT INTO quiet SELECT g FROM generate_series(1, 1000) g;

-- @then
VACUUM ANALYZE;

-- @then
UPDATE busy SET n = 1 WHERE id <= 300;
