-- @good
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY);
CREATE TABLE by_key (a_id int REFERENCES a, b_id int REFERENCES b, PRIMARY KEY (b_id, a_id));
CREATE TABLE by_constraint (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a, b_id int NOT NULL REFERENCES b, UNIQUE (a_id, b_id));
CREATE TABLE by_index (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a, b_id int NOT NULL REFERENCES b, created_at date);
CREATE UNIQUE INDEX ON by_index (a_id, b_id, created_at);
CREATE TABLE one_to_one (a_id int NOT NULL UNIQUE REFERENCES a, b_id int NOT NULL REFERENCES b);
CREATE TABLE extends (a_id int PRIMARY KEY REFERENCES a, b_id int NOT NULL REFERENCES b);

-- More than a link, or not yet one.
CREATE TABLE rent (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a, b_id int NOT NULL REFERENCES b, since date NOT NULL);
CREATE TABLE page_views (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a, b_id int NOT NULL REFERENCES b, created_at timestamptz);
CREATE TABLE optional (id int PRIMARY KEY, a_id int REFERENCES a, b_id int NOT NULL REFERENCES b);
CREATE TABLE three (a_id int NOT NULL REFERENCES a, b_id int NOT NULL REFERENCES b, c_id int NOT NULL REFERENCES b);
CREATE TABLE parts (a_id int REFERENCES a, b_id int REFERENCES b, PRIMARY KEY (a_id, b_id)) PARTITION BY LIST (a_id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);

-- @bad warning
CREATE TABLE members (a_id int NOT NULL REFERENCES a, b_id int NOT NULL REFERENCES b);
CREATE INDEX ON members (a_id, b_id);
CREATE TABLE "a""b; DROP TABLE a" (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a, "b""; x" int NOT NULL REFERENCES b, created_at timestamptz, "updatedAt" timestamptz);
CREATE TABLE friends (a_id int NOT NULL REFERENCES a, friend_id int NOT NULL REFERENCES a);

-- @fixed

-- @bad warning
CREATE TABLE part_links (a_id int NOT NULL REFERENCES a, b_id int NOT NULL REFERENCES b) PARTITION BY LIST (a_id);
CREATE TABLE part_links_1 PARTITION OF part_links FOR VALUES IN (1);
