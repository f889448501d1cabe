//! A schema of which is known what is wrong with it: that is found, and nothing else is called worse than an opinion.

use std::collections::BTreeSet;

use crate::Promise;
use crate::place::Database;
use crate::program::{Score, pgaudit};
use crate::session::run;

pub(crate) const TRIALS: &[Promise] = &[
    (
        "of the golden schema exactly what is wrong is found",
        golden,
    ),
    (
        "what the golden schema is told stays the same under load",
        steady,
    ),
];

pub(crate) const ENDS: &[Promise] = &[
    (
        "of a well-made platform nothing is said but opinions",
        well_made,
    ),
    (
        "its badly made twin is told what is wrong everywhere",
        badly_made,
    ),
];

/// The dimensions that a schema alone decides.
const DIMENSIONS: [&str; 3] = ["schema", "indexing", "migrations"];

/// A small project-management platform as it is often written.
const SCHEMA: &str = "
CREATE TYPE project_status AS ENUM ('active', 'archived', 'deleted');
CREATE TYPE task_status AS ENUM ('todo', 'in_progress', 'review', 'done');
CREATE TYPE member_role AS ENUM ('owner', 'admin', 'member', 'viewer');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at = now(); RETURN NEW; END $$;
CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email text NOT NULL UNIQUE,
  full_name text NOT NULL,
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE user_profiles (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  avatar_url text,
  bio text,
  phone text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE projects (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  description text,
  status project_status NOT NULL DEFAULT 'active',
  owner_id uuid NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE tasks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  title text NOT NULL,
  description text,
  priority integer NOT NULL DEFAULT 1 CHECK (priority BETWEEN 1 AND 5),
  status task_status NOT NULL DEFAULT 'todo',
  due_date date,
  assigned_to uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE project_members (
  project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role member_role NOT NULL DEFAULT 'member',
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, user_id)
);
CREATE INDEX idx_users_email ON users (email);
CREATE INDEX idx_users_created_at ON users (created_at DESC);
CREATE INDEX idx_tasks_project_id ON tasks (project_id);
CREATE INDEX idx_tasks_assigned_to ON tasks (assigned_to);
CREATE INDEX idx_tasks_status ON tasks (status);
CREATE INDEX idx_tasks_created_at ON tasks (created_at DESC);
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON user_profiles FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION touch();
";

/// What a tool recorded of a migration that failed.
const MIGRATED: &str = "
CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty bool NOT NULL);
INSERT INTO schema_migrations VALUES (7, true);
";

const LOAD: &str = "
INSERT INTO users (email, full_name, password_hash) SELECT g || '@example.org', 'n', 'h' FROM generate_series(1, 2000) g;
INSERT INTO projects (name, owner_id) SELECT 'p', id FROM users;
INSERT INTO tasks (project_id, title) SELECT id, 't' FROM projects;
INSERT INTO project_members (project_id, user_id) SELECT id, owner_id FROM projects;
UPDATE tasks SET status = 'done';
";

/// The report of a profile.
fn report(database: &Database, profile: &str) -> Score {
    let run = pgaudit(["score", "--profile", profile, "--format", "json"]).on(&database.settings());
    Score(run.run().exits(0).json())
}

/// The findings of the profile for continuous integration, those worse than an opinion apart.
fn found(database: &Database) -> (BTreeSet<String>, BTreeSet<String>) {
    let report = report(database, "ci");
    let (opinions, faults): (Vec<_>, Vec<_>) = report
        .findings()
        .partition(|finding| finding["severity"] == "info");
    let names = |findings: Vec<&serde_json::Value>| {
        let name =
            |finding: &serde_json::Value| finding["fingerprint"].as_str().unwrap().to_owned();
        findings.into_iter().map(name).collect()
    };
    (names(faults), names(opinions))
}

fn golden(major: u32) {
    let database = Database::new(major, "golden");
    database.run(&[SCHEMA]);
    let (faults, opinions) = found(&database);
    let expected = [
        "indexes/missing_for_foreign_key public.project_members (user_id)",
        "indexes/missing_for_foreign_key public.projects (owner_id)",
        "indexes/redundant public.idx_users_email",
    ];
    assert_eq!(faults, expected.map(String::from).into());
    assert!(
        opinions.contains("indexes/low_cardinality public.idx_tasks_status"),
        "{opinions:?}"
    );
}

fn steady(major: u32) {
    let database = Database::new(major, "steady");
    database.run(&[SCHEMA, MIGRATED]);
    let before = found(&database);
    assert!(
        before
            .0
            .contains("migrations/state public.schema_migrations"),
        "{before:?}"
    );
    database.run(&[LOAD, "VACUUM ANALYZE"]);
    database.settle();
    assert_eq!(found(&database), before);
}

fn well_made(major: u32) {
    let database = Database::new(major, "well_made");
    database.run(&[include_str!("platform/well_made.sql")]);
    for profile in ["ci", "default"] {
        let report = report(&database, profile);
        for dimension in DIMENSIONS {
            let points = report.points(dimension);
            assert!(points >= 9.0, "{profile}, {dimension}: {points}");
        }
        let of_schema = |finding: &&serde_json::Value| {
            let areas = ["schema/", "partitions/", "indexes/", "migrations/"];
            let check = finding["check"].as_str().unwrap();
            areas.iter().any(|area| check.starts_with(area))
        };
        let findings: Vec<_> = report.findings().filter(of_schema).collect();
        assert!(
            findings.iter().all(|finding| finding["severity"] == "info"),
            "{profile}: {findings:#?}"
        );
    }
}

fn badly_made(major: u32) {
    let database = Database::new(major, "badly_made");
    database.run(&[include_str!("platform/badly_made.sql")]);
    // What a build that fails leaves behind.
    for (table, column) in [
        ("users", "email"),
        ("projects", "name"),
        ("tasks", "title"),
        ("invoices", "number"),
    ] {
        let unique = format!("CREATE UNIQUE INDEX CONCURRENTLY ON {table} ({column})");
        let built = run(&database.settings(), |client| async move {
            client.batch_execute(&unique).await.is_ok()
        });
        assert!(!built, "{table}.{column} is unique");
    }
    let report = report(&database, "ci");
    for dimension in DIMENSIONS {
        let points = report.points(dimension);
        assert!(points <= 4.0, "{dimension}: {points}");
    }
}
