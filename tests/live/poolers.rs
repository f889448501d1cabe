//! Through PgBouncer an audit is whole, leaves nothing behind, and breaks nothing.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use pgaudit::connect::settings::{Host, Settings};
use tempfile::TempDir;
use tokio_postgres::SimpleQueryMessage;

use crate::Promise;
use crate::place::{Database, plant_problems};
use crate::program::{Ended, pgaudit, pid, tables, text};
use crate::server::{MONITOR, TestServer};
use crate::session::{block_on, open, run};
use crate::stops::{partial, slow_library, start_slow};

pub(crate) const ENDS: &[Promise] = &[
    ("a pooler is audited through and left as it was", whole),
    (
        "a pooler outlives an audit that is interrupted",
        interrupted,
    ),
    (
        "a pooler that cannot be audited through is explained",
        explained,
    ),
];

const PORT: u16 = 6432;

/// A pooler with one connection to the server; it ends with the value.
struct Pooler {
    folder: TempDir,
    child: Child,
}

impl Pooler {
    fn before(database: &Database, mode: &str) -> Self {
        let TestServer::Local(server) = &*database.server else {
            panic!("not a process of ours");
        };
        let owner = fs::metadata(server.socket_folder()).unwrap();
        let folder = tempfile::Builder::new()
            .prefix("pgaudit-pooler-")
            .tempdir_in("/tmp")
            .unwrap();
        let root = folder.path();
        let settings = format!(
            "[databases]\n* = host={} port=5432\n[pgbouncer]\nlisten_addr =\nlisten_port = {PORT}\n\
             unix_socket_dir = {}\nauth_type = trust\nauth_file = {1}/users\nadmin_users = postgres\n\
             pool_mode = {mode}\ndefault_pool_size = 1\nlogfile = {1}/log\n",
            server.socket_folder().display(),
            root.display()
        );
        let users = format!("\"postgres\" \"\"\n\"{MONITOR}\" \"\"\n");
        for (name, text) in [
            ("settings", settings),
            ("users", users),
            ("log", String::new()),
        ] {
            fs::write(root.join(name), text).unwrap();
            let path = root.join(name);
            std::os::unix::fs::chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        std::os::unix::fs::chown(root, Some(owner.uid()), Some(owner.gid())).unwrap();
        let mut command = Command::new(program());
        if nix::unistd::geteuid().is_root() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        let child = command
            .arg("-q")
            .arg(root.join("settings"))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let pooler = Self { folder, child };
        let socket = root_socket(&pooler);
        let until = Instant::now() + Duration::from_secs(10);
        while !socket.exists() {
            let log = || fs::read_to_string(pooler.folder.path().join("log")).unwrap();
            assert!(
                Instant::now() < until,
                "the pooler does not start:\n{}",
                log()
            );
            sleep(Duration::from_millis(20));
        }
        pooler
    }

    fn settings(&self, user: &str, dbname: &str) -> Settings {
        let host = Host::Socket(self.folder.path().to_owned());
        Settings::at(host, PORT, user, dbname)
    }

    fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

fn root_socket(pooler: &Pooler) -> PathBuf {
    pooler.folder.path().join(format!(".s.PGSQL.{PORT}"))
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = kill(pid(self.child.id()), Signal::SIGQUIT);
        let _ = self.child.wait();
    }
}

fn program() -> PathBuf {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];
    let found = folders.map(|folder| PathBuf::from(folder).join("pgbouncer"));
    let found = found.into_iter().find(|program| program.exists());
    found.expect("no PgBouncer to test with: run `bash .ci/pgbouncer`")
}

/// What a session has that it did not begin with.
fn session(settings: &Settings) -> Vec<String> {
    let left = "SELECT name || '=' || setting FROM pg_settings WHERE name IN ('search_path', \
         'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'jit', \
         'max_parallel_workers_per_gather', 'quote_all_identifiers', 'standard_conforming_strings', \
         'TimeZone', 'DateStyle', 'extra_float_digits', 'transaction_timeout', \
         'default_transaction_read_only', 'transaction_read_only') \
         UNION ALL SELECT 'prepared ' || name FROM pg_prepared_statements ORDER BY 1";
    run(settings, |client| async move {
        let rows = client.simple_query(left).await.unwrap();
        rows.iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap().to_owned()),
                _ => None,
            })
            .collect()
    })
}

fn whole(major: u32) {
    let database = Database::new(major, "pooled");
    plant_problems(&database);
    let pooler = Pooler::before(&database, "transaction");
    for role in ["postgres", MONITOR] {
        let through = pooler.settings(role, &database.name);
        let direct = tables(&database.settings_as(role));
        let seen = tables(&through);
        for table in direct.0["checks"].as_array().unwrap() {
            let id = text(table, "id");
            assert_eq!(seen.state(id)[0], direct.state(id)[0], "{id}");
            if !id.starts_with("connections/") {
                assert_eq!(seen.objects(id), direct.objects(id), "{id}");
            }
        }
        for command in [
            &["score"][..],
            &["doctor"],
            &["collect"],
            &["indexes", "--format", "markdown"],
        ] {
            pgaudit(command).on(&through).run().exits(0);
        }
        assert_eq!(session(&through), session(&database.settings_as(role)));
    }
    crate::log::no_errors(&database);
    drop(pooler);
}

fn interrupted(major: u32) {
    let database = Database::new(major, "pooled_stop");
    database.run(&["CREATE TABLE t (id int PRIMARY KEY)"]);
    let mut pooler = Pooler::before(&database, "transaction");
    let through = pooler.settings("postgres", &database.name);
    let library = slow_library();
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let program = pgaudit(["check", "--statement-timeout", "40s", "--queries"]);
        let program = program.args([library.path()]).on(&through);
        let running = start_slow(&database, program);
        running.signal(signal);
        partial(&running.wait().exits(code));
        assert!(pooler.lives());
        pgaudit(["check"]).on(&through).run().exits(0);
        assert_eq!(session(&through), session(&database.settings()));
    }
    database.wait_until(
        "NOT EXISTS (SELECT FROM pg_stat_activity WHERE state <> 'idle' AND query LIKE '%slept%' AND datname = 'pooled_stop')",
    );
}

#[track_caller]
fn told(ended: Ended, texts: &[&str]) {
    let ended = ended.exits(3);
    assert_eq!(ended.err.lines().count(), 1, "{ended}");
    for text in texts {
        assert!(ended.err.contains(text), "`{text}` is missing\n{ended}");
    }
}

fn explained(major: u32) {
    let database = Database::new(major, "pooled_odd");
    let statement = Pooler::before(&database, "statement");
    let through = statement.settings("postgres", &database.name);
    for command in ["score", "doctor"] {
        let ended = pgaudit([command]).on(&through).run();
        told(
            ended,
            &[
                "statement mode, which allows no transactions",
                "connect to the server itself",
            ],
        );
    }
    drop(statement);

    let pooler = Pooler::before(&database, "transaction");
    let console = pgaudit(["score"])
        .on(&pooler.settings("postgres", "pgbouncer"))
        .run();
    told(
        console,
        &[
            "is the console of PgBouncer",
            "name the database to audit with -d",
        ],
    );
    let through = pooler.settings("postgres", &database.name);
    let options = pgaudit(["score"])
        .env("PGOPTIONS", "-c jit=off")
        .on(&through)
        .run();
    told(
        options,
        &["unsupported startup parameter", "unset PGOPTIONS"],
    );
    block_on(async {
        let holder = open(&through).await;
        holder.client.batch_execute("BEGIN").await.unwrap();
        let ended = pgaudit(["score", "--statement-timeout", "1s"])
            .on(&through)
            .run();
        told(
            ended,
            &[
                "gave no answer for 3",
                "a pooler may have no server connection free",
            ],
        );
        holder.client.batch_execute("COMMIT").await.unwrap();
        pgaudit(["check"]).on(&through).run().exits(0);
    });
}
