-- The same platform as it grew when nobody looked.

-- Two migration tools, and neither ended well.
CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL);
INSERT INTO schema_migrations VALUES (20240311, true);
CREATE TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255), batch integer, migration_time timestamptz);
CREATE TABLE knex_migrations_lock (index serial PRIMARY KEY, is_locked integer);
INSERT INTO knex_migrations_lock (is_locked) VALUES (1);

CREATE TABLE country (code varchar(10), name varchar(255));
CREATE TABLE currencies (code varchar(10), name varchar(255), rate float8);
CREATE TABLE plan (id serial PRIMARY KEY, name varchar(255), price money, currency varchar(10), seats float8);

CREATE TABLE users (
  id serial PRIMARY KEY,
  email varchar(255),
  full_name varchar(255),
  password varchar(255),
  country varchar(10),
  balance real,
  deleted boolean,
  created timestamp,
  email_backup varchar(255)
);
CREATE INDEX users_email ON users (email);
CREATE INDEX users_email_2 ON users (email);
CREATE INDEX users_email_name ON users (email, full_name);
CREATE INDEX users_deleted ON users (deleted);
CREATE TABLE users_old (id integer, email varchar(255), password varchar(255));
CREATE TABLE users_backup (id integer, email varchar(255), password varchar(255));
CREATE TABLE user_profiles (user_id bigint, avatar varchar(255), bio text, phone varchar(255), tz varchar(255));
CREATE TABLE user_sessions (user_id integer, session_uuid varchar(36), ip varchar(45), agent text, expires timestamp);
CREATE TABLE "notificationPreferences" ("userId" integer, channel varchar(255), topic varchar(255), enabled varchar(5));

CREATE TABLE organization (id serial PRIMARY KEY, name varchar(255), slug varchar(255), plan_id bigint, owner integer);
CREATE TABLE organization_members (
  id serial PRIMARY KEY,
  organization_id integer NOT NULL REFERENCES organization,
  user_id integer NOT NULL REFERENCES users ON DELETE SET NULL
);
CREATE TABLE invitations (organization_id integer REFERENCES organization, email varchar(255), token varchar(36), expires timestamp, invited_by integer REFERENCES users);
CREATE TABLE teams (id smallserial PRIMARY KEY, organization_id integer REFERENCES organization, name varchar(255));
CREATE TABLE team_members (
  id serial PRIMARY KEY,
  team_id smallint NOT NULL REFERENCES teams,
  user_id integer NOT NULL REFERENCES users ON DELETE SET NULL
);
CREATE TABLE api_keys (organization_id integer REFERENCES organization, key_uuid varchar(36), name varchar(255), last_used timestamp);

CREATE TABLE projects (
  id bigserial PRIMARY KEY,
  organization_id integer REFERENCES organization,
  owner_id integer NOT NULL REFERENCES users ON DELETE SET NULL,
  team_id integer,
  name varchar(255),
  description text,
  status varchar(255),
  budget float8,
  starts timestamp,
  ends timestamp,
  "order" integer,
  name_bak varchar(255)
);
ALTER TABLE projects ADD CONSTRAINT projects_owner_again FOREIGN KEY (owner_id) REFERENCES users;
CREATE INDEX projects_status ON projects (status);
CREATE INDEX projects_status_2 ON projects (status);
CREATE INDEX projects_name ON projects (name);
CREATE INDEX projects_name_2 ON projects (name);
CREATE TABLE projects_old (id bigint, name varchar(255));
CREATE TABLE projects_tmp (id bigint, name varchar(255));
CREATE TABLE project_members (
  id serial PRIMARY KEY,
  project_id bigint NOT NULL REFERENCES projects ON DELETE SET NULL,
  user_id integer NOT NULL REFERENCES users ON DELETE SET NULL
);
ALTER TABLE project_members ADD CONSTRAINT project_members_user_again FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE;
CREATE TABLE project_settings (project_id integer REFERENCES projects, name varchar(255), value text);
CREATE TABLE milestone (id serial PRIMARY KEY, project_id integer REFERENCES projects, name varchar(255), due timestamp, done timestamp);
CREATE TABLE boards (id serial PRIMARY KEY, project_id integer REFERENCES projects, name varchar(255), columns json);
CREATE TABLE board_columns (board_id bigint REFERENCES boards, name varchar(255), rank real);
CREATE TABLE labels (id serial PRIMARY KEY, project_id integer REFERENCES projects, name varchar(255), color varchar(255));

CREATE TABLE tasks (
  id bigserial PRIMARY KEY,
  project_id integer REFERENCES projects,
  milestone_id integer REFERENCES milestone,
  assigned_to integer REFERENCES users,
  parent_id integer REFERENCES tasks,
  title varchar(255),
  description text,
  status varchar(255),
  priority varchar(255),
  cost money,
  due timestamp,
  done timestamp,
  search tsvector,
  guid varchar(36)
);
ALTER TABLE tasks ADD CONSTRAINT tasks_assigned_again FOREIGN KEY (assigned_to) REFERENCES users;
CREATE INDEX tasks_title ON tasks (title);
CREATE INDEX tasks_title_2 ON tasks (title);
CREATE INDEX tasks_title_status ON tasks (title, status);
CREATE INDEX tasks_due ON tasks (due);
CREATE INDEX tasks_due_2 ON tasks (due);
CREATE TABLE tasks_old (id bigint, title varchar(255));
CREATE TABLE tasks_bak (id bigint, title varchar(255));
CREATE TABLE task_assignees (
  id serial PRIMARY KEY,
  task_id bigint NOT NULL REFERENCES tasks ON DELETE SET NULL,
  user_id integer NOT NULL REFERENCES users ON DELETE SET NULL
);
CREATE TABLE task_labels (
  id serial PRIMARY KEY,
  task_id bigint NOT NULL REFERENCES tasks ON DELETE SET NULL,
  label_id integer NOT NULL REFERENCES labels ON DELETE SET NULL
);
CREATE TABLE task_dependencies (task_id integer REFERENCES tasks, blocks integer REFERENCES tasks);
CREATE TABLE comments (commentable_id bigint, commentable_type varchar(255), author integer, body text, created timestamp);
CREATE TABLE comments_old (commentable_id bigint, body text);
CREATE TABLE attachments (attachable_id bigint, attachable_type varchar(255), name varchar(255), size varchar(255), file_uuid varchar(36), created timestamp);
CREATE TABLE time_entries (task_id integer REFERENCES tasks, user_id integer REFERENCES users, started timestamp, ended timestamp, rate float8, cost float8);
CREATE TABLE tag (id serial PRIMARY KEY, name varchar(255));
CREATE TABLE project_tags (
  id serial PRIMARY KEY,
  project_id bigint NOT NULL REFERENCES projects,
  tag_id integer NOT NULL REFERENCES tag
);
CREATE TABLE custom_fields (project_id integer REFERENCES projects, name varchar(255), kind varchar(255), choices json);
CREATE TABLE custom_field_values (task_id integer REFERENCES tasks, field varchar(255), value text);

CREATE TABLE subscriptions (organization_id integer REFERENCES organization, plan_id bigint REFERENCES plan, external_uuid varchar(36), renews timestamp, price real);
CREATE TABLE invoices (
  id serial PRIMARY KEY,
  organization_id bigint REFERENCES organization,
  number varchar(255),
  status varchar(255),
  total float8,
  tax_amount real,
  issued timestamp,
  due timestamp,
  paid timestamp
);
CREATE INDEX invoices_number ON invoices (number);
CREATE INDEX invoices_number_2 ON invoices (number);
CREATE TABLE invoices_old (id integer, total float8);
CREATE TABLE invoice_lines (invoice_id smallint REFERENCES invoices, description text, quantity float8, price float8, amount float8, tax float8);
CREATE TABLE payments (invoice_id smallint REFERENCES invoices, provider varchar(255), amount float8, fee float8, received timestamp);
ALTER TABLE payments ADD CONSTRAINT payments_invoice_again FOREIGN KEY (invoice_id) REFERENCES invoices;

CREATE TABLE events (happened timestamp, organization integer, actor integer, kind varchar(255), details json) PARTITION BY LIST (kind);
CREATE TABLE events_task PARTITION OF events FOR VALUES IN ('task');
CREATE TABLE events_other PARTITION OF events DEFAULT;
CREATE TABLE webhooks (organization_id integer REFERENCES organization, url varchar(255), secret varchar(255), topics varchar(255));
CREATE TABLE webhook_deliveries (webhook varchar(255), payload json, status varchar(255), delivered timestamp);
CREATE TABLE notifications (user_id integer REFERENCES users, kind varchar(255), payload json, read timestamp, created timestamp);

-- Promises that nobody held the old rows to.
ALTER TABLE users ADD CONSTRAINT users_email_given CHECK (email IS NOT NULL) NOT VALID;
ALTER TABLE projects ADD CONSTRAINT projects_budget_positive CHECK (budget >= 0) NOT VALID;
ALTER TABLE tasks ADD CONSTRAINT tasks_title_given CHECK (title <> '') NOT VALID;
ALTER TABLE invoices ADD CONSTRAINT invoices_total_positive CHECK (total >= 0) NOT VALID;
ALTER TABLE payments ADD CONSTRAINT payments_amount_positive CHECK (amount > 0) NOT VALID;
ALTER TABLE plan ADD CONSTRAINT plan_seats_positive CHECK (seats > 0) NOT VALID;
ALTER TABLE organization ADD CONSTRAINT organization_plan FOREIGN KEY (plan_id) REFERENCES plan NOT VALID;
ALTER TABLE organization ADD CONSTRAINT organization_owner FOREIGN KEY (owner) REFERENCES users NOT VALID;
ALTER TABLE comments ADD CONSTRAINT comments_author FOREIGN KEY (author) REFERENCES users NOT VALID;

-- Switched off for a load, and never on again.
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE tasks DISABLE TRIGGER touch;
ALTER TABLE projects DISABLE TRIGGER touch;
ALTER TABLE invoice_lines DISABLE TRIGGER ALL;
ALTER TABLE payments DISABLE TRIGGER ALL;
ALTER TABLE time_entries DISABLE TRIGGER ALL;

CREATE MATERIALIZED VIEW project_progress AS SELECT project_id, count(*) AS tasks FROM tasks GROUP BY project_id WITH NO DATA;

-- Rows that keep each unique index from being built.
INSERT INTO users (email, full_name) VALUES ('a@example.org', 'A'), ('a@example.org', 'A');
INSERT INTO projects (name, owner_id) VALUES ('p', 1), ('p', 1);
INSERT INTO tasks (title) VALUES ('t'), ('t');
INSERT INTO invoices (number) VALUES ('1'), ('1');

CREATE PUBLICATION everything FOR ALL TABLES;
