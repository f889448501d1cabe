-- A project-management platform as one would want to inherit it.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TYPE member_role AS ENUM ('owner', 'admin', 'member', 'viewer');
CREATE TYPE project_status AS ENUM ('planned', 'active', 'paused', 'archived');
CREATE TYPE task_status AS ENUM ('todo', 'in_progress', 'review', 'done');
CREATE TYPE invoice_status AS ENUM ('draft', 'open', 'paid', 'void');
CREATE DOMAIN email_address AS text CHECK (value LIKE '%_@_%' AND length(value) <= 254);

CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at = now();
  RETURN NEW;
END
$$;

-- Of the migration tool.
CREATE TABLE flyway_schema_history (
  installed_rank integer NOT NULL PRIMARY KEY,
  version varchar(50),
  description varchar(200) NOT NULL,
  type varchar(20) NOT NULL,
  script varchar(1000) NOT NULL,
  checksum integer,
  installed_by varchar(100) NOT NULL,
  installed_on timestamp NOT NULL DEFAULT now(),
  execution_time integer NOT NULL,
  success boolean NOT NULL
);
CREATE INDEX flyway_schema_history_s_idx ON flyway_schema_history (success);
INSERT INTO flyway_schema_history VALUES (1, '1', 'platform', 'SQL', 'V1__platform.sql', 7, 'deploy', now(), 12, true);

-- Looked up.
CREATE TABLE countries (
  code char(2) PRIMARY KEY,
  name text NOT NULL
);
CREATE TABLE currencies (
  code char(3) PRIMARY KEY,
  name text NOT NULL,
  digits smallint NOT NULL DEFAULT 2
);
CREATE TABLE plans (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  monthly_price numeric(12, 2) NOT NULL CHECK (monthly_price >= 0),
  currency_code char(3) NOT NULL REFERENCES currencies,
  seats integer NOT NULL CHECK (seats > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX plans_currency_code_idx ON plans (currency_code);

-- People.
CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email email_address NOT NULL,
  full_name text NOT NULL,
  password_hash text NOT NULL,
  country_code char(2) REFERENCES countries,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX users_country_code_idx ON users (country_code) WHERE country_code IS NOT NULL;
CREATE INDEX users_full_name_idx ON users USING gin (full_name gin_trgm_ops);

CREATE TABLE user_profiles (
  user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  avatar_url text,
  bio text,
  time_zone text NOT NULL DEFAULT 'UTC',
  locale text NOT NULL DEFAULT 'en',
  preferences jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE user_sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  token_hash bytea NOT NULL UNIQUE,
  ip_address inet NOT NULL,
  user_agent text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX user_sessions_user_id_idx ON user_sessions (user_id);
CREATE INDEX user_sessions_expires_at_idx ON user_sessions (expires_at);
CREATE TABLE notification_preferences (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  channel text NOT NULL CHECK (channel IN ('email', 'push', 'sms')),
  topic text NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  PRIMARY KEY (user_id, channel, topic)
);

-- Organizations: each row of theirs knows whose it is.
CREATE TABLE organizations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9-]{2,63}$'),
  plan_id bigint NOT NULL REFERENCES plans,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX organizations_plan_id_idx ON organizations (plan_id);
CREATE TABLE organization_members (
  organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role member_role NOT NULL DEFAULT 'member',
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX organization_members_user_id_idx ON organization_members (user_id);
CREATE TABLE invitations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
  invited_by uuid NOT NULL REFERENCES users,
  email email_address NOT NULL,
  role member_role NOT NULL DEFAULT 'member',
  token_hash bytea NOT NULL UNIQUE,
  accepted_at timestamptz,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX invitations_organization_id_idx ON invitations (organization_id);
CREATE INDEX invitations_invited_by_idx ON invitations (invited_by);
CREATE TABLE teams (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
  name text NOT NULL,
  description text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (organization_id, name)
);
CREATE TABLE team_members (
  team_id uuid NOT NULL REFERENCES teams ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_members_user_id_idx ON team_members (user_id);
CREATE TABLE api_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
  created_by uuid NOT NULL REFERENCES users,
  name text NOT NULL,
  key_hash bytea NOT NULL UNIQUE,
  scopes text[] NOT NULL DEFAULT '{}',
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX api_keys_organization_id_idx ON api_keys (organization_id);
CREATE INDEX api_keys_created_by_idx ON api_keys (created_by);

-- Projects and what is done in them.
CREATE TABLE projects (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
  owner_id uuid NOT NULL REFERENCES users,
  team_id uuid REFERENCES teams ON DELETE SET NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  status project_status NOT NULL DEFAULT 'planned',
  starts_on date,
  ends_on date,
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (organization_id, name),
  CHECK (ends_on >= starts_on)
);
CREATE INDEX projects_owner_id_idx ON projects (owner_id);
CREATE INDEX projects_team_id_idx ON projects (team_id) WHERE team_id IS NOT NULL;
CREATE INDEX projects_active_idx ON projects (organization_id, updated_at DESC) WHERE status = 'active';
CREATE TABLE project_members (
  project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role member_role NOT NULL DEFAULT 'member',
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, user_id)
);
CREATE INDEX project_members_user_id_idx ON project_members (user_id);
CREATE TABLE project_settings (
  project_id uuid PRIMARY KEY REFERENCES projects ON DELETE CASCADE,
  visibility text NOT NULL DEFAULT 'private' CHECK (visibility IN ('private', 'organization', 'public')),
  working_days smallint[] NOT NULL DEFAULT '{1,2,3,4,5}',
  options jsonb NOT NULL DEFAULT '{}',
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE milestones (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
  name text NOT NULL,
  due_on date NOT NULL,
  completed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, name)
);
CREATE TABLE boards (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
  name text NOT NULL,
  is_default boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX boards_project_id_idx ON boards (project_id);
CREATE UNIQUE INDEX boards_default_idx ON boards (project_id) WHERE is_default;
CREATE TABLE board_columns (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  board_id uuid NOT NULL REFERENCES boards ON DELETE CASCADE,
  name text NOT NULL,
  rank integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (board_id, rank) DEFERRABLE
);
CREATE INDEX board_columns_board_id_name_idx ON board_columns (board_id, name);
CREATE TABLE labels (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
  name text NOT NULL,
  color text NOT NULL DEFAULT '#888888' CHECK (color ~ '^#[0-9a-f]{6}$'),
  UNIQUE (project_id, name)
);
CREATE TABLE tasks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
  board_column_id uuid REFERENCES board_columns ON DELETE SET NULL,
  milestone_id uuid REFERENCES milestones ON DELETE SET NULL,
  parent_id uuid REFERENCES tasks ON DELETE CASCADE,
  reporter_id uuid NOT NULL REFERENCES users,
  title text NOT NULL,
  description text NOT NULL DEFAULT '',
  status task_status NOT NULL DEFAULT 'todo',
  priority smallint NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5),
  estimate_minutes integer CHECK (estimate_minutes > 0),
  due_on date,
  search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('english', title || ' ' || description)) STORED,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tasks_project_id_idx ON tasks (project_id, status, due_on);
CREATE INDEX tasks_board_column_id_idx ON tasks (board_column_id);
CREATE INDEX tasks_milestone_id_idx ON tasks (milestone_id) WHERE milestone_id IS NOT NULL;
CREATE INDEX tasks_parent_id_idx ON tasks (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX tasks_reporter_id_idx ON tasks (reporter_id);
CREATE INDEX tasks_search_idx ON tasks USING gin (search);
CREATE TABLE task_assignees (
  task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (task_id, user_id)
);
CREATE INDEX task_assignees_user_id_idx ON task_assignees (user_id);
CREATE TABLE task_labels (
  task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
  label_id uuid NOT NULL REFERENCES labels ON DELETE CASCADE,
  PRIMARY KEY (task_id, label_id)
);
CREATE INDEX task_labels_label_id_idx ON task_labels (label_id);
CREATE TABLE task_dependencies (
  blocking_task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
  blocked_task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
  PRIMARY KEY (blocking_task_id, blocked_task_id),
  CHECK (blocking_task_id <> blocked_task_id)
);
CREATE INDEX task_dependencies_blocked_task_id_idx ON task_dependencies (blocked_task_id);
CREATE TABLE comments (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
  author_id uuid NOT NULL REFERENCES users,
  body text NOT NULL CHECK (body <> ''),
  edited_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX comments_task_id_idx ON comments (task_id, created_at);
CREATE INDEX comments_author_id_idx ON comments (author_id);
CREATE TABLE comment_mentions (
  comment_id uuid NOT NULL REFERENCES comments ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  PRIMARY KEY (comment_id, user_id)
);
CREATE INDEX comment_mentions_user_id_idx ON comment_mentions (user_id);
CREATE TABLE attachments (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
  uploaded_by uuid NOT NULL REFERENCES users,
  file_name text NOT NULL,
  content_type text NOT NULL,
  size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attachments_organization_id_idx ON attachments (organization_id);
CREATE INDEX attachments_uploaded_by_idx ON attachments (uploaded_by);
CREATE TABLE task_attachments (
  task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
  attachment_id uuid NOT NULL REFERENCES attachments ON DELETE CASCADE,
  PRIMARY KEY (task_id, attachment_id)
);
CREATE INDEX task_attachments_attachment_id_idx ON task_attachments (attachment_id);
CREATE TABLE time_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users,
  worked tstzrange NOT NULL CHECK (NOT isempty(worked)),
  note text NOT NULL DEFAULT '',
  billable boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX time_entries_task_id_idx ON time_entries (task_id);
CREATE INDEX time_entries_user_id_idx ON time_entries (user_id);
CREATE INDEX time_entries_worked_idx ON time_entries USING gist (worked);
CREATE TABLE tags (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
  name text NOT NULL,
  UNIQUE (organization_id, name)
);
CREATE TABLE project_tags (
  project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
  tag_id bigint NOT NULL REFERENCES tags ON DELETE CASCADE,
  PRIMARY KEY (project_id, tag_id)
);
CREATE INDEX project_tags_tag_id_idx ON project_tags (tag_id);
CREATE TABLE custom_fields (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('text', 'number', 'date', 'choice')),
  choices jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, name)
);
CREATE TABLE custom_field_values (
  task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
  custom_field_id bigint NOT NULL REFERENCES custom_fields ON DELETE CASCADE,
  value jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (task_id, custom_field_id)
);
CREATE INDEX custom_field_values_custom_field_id_idx ON custom_field_values (custom_field_id);

-- Money.
CREATE TABLE subscriptions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id uuid NOT NULL UNIQUE REFERENCES organizations,
  plan_id bigint NOT NULL REFERENCES plans,
  external_id text NOT NULL UNIQUE,
  seats integer NOT NULL CHECK (seats > 0),
  renews_on date NOT NULL,
  cancelled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX subscriptions_plan_id_idx ON subscriptions (plan_id);
CREATE TABLE invoices (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations,
  number text NOT NULL UNIQUE,
  status invoice_status NOT NULL DEFAULT 'draft',
  currency_code char(3) NOT NULL REFERENCES currencies,
  total_amount numeric(14, 2) NOT NULL CHECK (total_amount >= 0),
  tax_rate numeric(5, 4) NOT NULL DEFAULT 0,
  issued_on date NOT NULL,
  due_on date NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (due_on >= issued_on)
);
CREATE INDEX invoices_organization_id_idx ON invoices (organization_id, issued_on DESC);
CREATE INDEX invoices_currency_code_idx ON invoices (currency_code);
CREATE INDEX invoices_open_idx ON invoices (due_on) WHERE status = 'open';
CREATE TABLE invoice_lines (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  invoice_id bigint NOT NULL REFERENCES invoices ON DELETE CASCADE,
  description text NOT NULL,
  quantity numeric(12, 3) NOT NULL CHECK (quantity > 0),
  unit_price numeric(14, 4) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX invoice_lines_invoice_id_idx ON invoice_lines (invoice_id);
CREATE TABLE payments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  invoice_id bigint NOT NULL REFERENCES invoices,
  provider text NOT NULL,
  external_id text NOT NULL,
  amount numeric(14, 2) NOT NULL CHECK (amount > 0),
  received_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider, external_id)
);
CREATE INDEX payments_invoice_id_idx ON payments (invoice_id);

-- What happens, month by month, and what is told of it.
CREATE TABLE events (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  occurred_at timestamptz NOT NULL DEFAULT now(),
  organization_id uuid NOT NULL,
  actor_id uuid,
  kind text NOT NULL,
  subject_type text NOT NULL,
  subject_id uuid NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (id, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX events_organization_id_idx ON events (organization_id, occurred_at DESC);
CREATE INDEX events_subject_idx ON events (subject_type, subject_id);
DO $$
DECLARE
  first timestamptz := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
  month timestamptz;
BEGIN
  FOR month IN SELECT generate_series(first - interval '3 months', first + interval '3 months', interval '1 month') LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF events FOR VALUES FROM (%L) TO (%L)',
      to_char(month, '"events_"YYYY_MM'), month, month + interval '1 month');
  END LOOP;
END
$$;
CREATE TABLE webhooks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
  url text NOT NULL CHECK (url LIKE 'https://%'),
  secret_hash bytea NOT NULL,
  topics text[] NOT NULL DEFAULT '{}',
  is_enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhooks_organization_id_idx ON webhooks (organization_id);
CREATE TABLE webhook_deliveries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  webhook_id uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  payload jsonb NOT NULL,
  response_status smallint,
  attempts smallint NOT NULL DEFAULT 0,
  delivered_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhook_deliveries_webhook_id_idx ON webhook_deliveries (webhook_id);
CREATE INDEX webhook_deliveries_pending_idx ON webhook_deliveries (created_at) WHERE delivered_at IS NULL;
CREATE TABLE notifications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  read_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notifications_user_id_idx ON notifications (user_id, created_at DESC);

CREATE VIEW open_tasks AS
SELECT t.id, t.title, t.due_on, p.name AS project
FROM tasks t
JOIN projects p ON p.id = t.project_id
WHERE t.status <> 'done';
CREATE MATERIALIZED VIEW project_progress AS
SELECT project_id, count(*) AS tasks, count(*) FILTER (WHERE status = 'done') AS done
FROM tasks
GROUP BY project_id;
CREATE UNIQUE INDEX project_progress_project_id_idx ON project_progress (project_id);

-- The same on each table that has the column or belongs to an organization.
DO $$
DECLARE
  t regclass;
BEGIN
  FOR t IN
    SELECT a.attrelid FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attname = 'updated_at' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  LOOP
    EXECUTE format('CREATE TRIGGER set_updated_at BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION set_updated_at()', t);
  END LOOP;
  FOR t IN
    SELECT a.attrelid FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attname = 'organization_id' AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %s USING (organization_id = current_setting(''app.organization_id'')::uuid)', t);
  END LOOP;
END
$$;

CREATE PUBLICATION warehouse FOR TABLE projects, tasks, invoices, invoice_lines, payments;
