-- @redact total heap indexes toast
-- @shows
CREATE TABLE large (id int PRIMARY KEY, note text);
INSERT INTO large SELECT g, repeat('x', 100) FROM generate_series(1, 20000) g;
CREATE TABLE small (id int);
INSERT INTO small VALUES (1);
CREATE TABLE empty (id int);

-- @then
VACUUM ANALYZE;

-- Loaded and never vacuumed or analyzed: its size is not in the catalog.
-- @then
CREATE TABLE loaded (id int, note text);
INSERT INTO loaded SELECT g, repeat('x', 100) FROM generate_series(1, 30000) g;

-- @then
UPDATE large SET note = 'y' WHERE id <= 1000;
