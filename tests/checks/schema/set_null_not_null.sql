-- @good
CREATE DOMAIN required AS int NOT NULL;
CREATE DOMAIN zero AS int NOT NULL DEFAULT 0;
CREATE TABLE parent (id int PRIMARY KEY, tenant int NOT NULL DEFAULT 1, UNIQUE (tenant, id));
CREATE TABLE child (
  id int PRIMARY KEY,
  a int REFERENCES parent ON DELETE SET NULL ON UPDATE SET NULL,
  b int NOT NULL REFERENCES parent ON DELETE CASCADE,
  c int NOT NULL DEFAULT 0 REFERENCES parent ON DELETE SET DEFAULT,
  d zero REFERENCES parent ON DELETE SET DEFAULT
);

-- Where only one of the columns is set, the other may be NOT NULL.
CREATE TABLE of_tenant (id int PRIMARY KEY, tenant int NOT NULL, parent_id int);
DO $$ BEGIN
  IF current_setting('server_version_num')::int >= 150000 THEN
    EXECUTE 'ALTER TABLE of_tenant ADD FOREIGN KEY (tenant, parent_id) REFERENCES parent (tenant, id) ON DELETE SET NULL (parent_id)';
  END IF;
END $$;

-- @bad warning
CREATE TABLE task (
  id int PRIMARY KEY,
  "owner; DROP TABLE x" int NOT NULL REFERENCES parent ON DELETE SET NULL,
  of_domain required REFERENCES parent ON DELETE SET NULL ON UPDATE SET DEFAULT
);
CREATE TABLE defaults (id int PRIMARY KEY, a int NOT NULL REFERENCES parent ON UPDATE SET DEFAULT);
CREATE TABLE link (a int, b int REFERENCES parent, PRIMARY KEY (a, b), FOREIGN KEY (a) REFERENCES parent ON DELETE SET NULL);
CREATE TABLE pair (tenant int NOT NULL, a int, FOREIGN KEY (tenant, a) REFERENCES parent (tenant, id) ON DELETE SET NULL);
CREATE TABLE parts (a int NOT NULL REFERENCES parent ON DELETE SET NULL) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
