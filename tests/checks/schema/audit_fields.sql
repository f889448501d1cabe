-- @good
CREATE TABLE a (id int PRIMARY KEY, name text, note text, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE b (id int PRIMARY KEY, name text, note text, "createdAt" timestamp);
CREATE TABLE c (id int PRIMARY KEY, name text, note text, inserted_at timestamptz) PARTITION BY HASH (id);

-- Not asked of.
CREATE TABLE c_0 PARTITION OF c FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE lookup (code text PRIMARY KEY, name text, sort int);
CREATE TABLE link (id int PRIMARY KEY, a int REFERENCES a, b int REFERENCES b, role text);
CREATE TABLE page_events (id int PRIMARY KEY, x text, y text, z text);
CREATE TABLE orders (id int PRIMARY KEY, x text, y text, placed_at timestamptz NOT NULL);
CREATE TABLE mails (id int PRIMARY KEY, x text, y text, date_sent timestamptz NOT NULL);
CREATE TABLE of_two (a int, b int, x text, y text, z text, PRIMARY KEY (a, b));
CREATE TABLE databasechangelog (id text PRIMARY KEY, author text, filename text, comments text);

-- @bad info
CREATE TABLE d (id int PRIMARY KEY, name text, note text, created_by text);
CREATE TABLE e (id int PRIMARY KEY, name text, note text, updated_at timestamptz);
CREATE TABLE "f""; DROP TABLE a" (id int PRIMARY KEY, name text, note text, created_at text);
CREATE TABLE g (id int PRIMARY KEY, name text, note text, other text);
