//! Databases for the trials, what is planted in them, and what the server wrote about them.

use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use pgaudit::connect::settings::Settings;

use crate::POOL;
use crate::server::TestServer;
use crate::session::{block_on, execute, open, run};

/// A database of its own, dropped with the value.
pub(crate) struct Database {
    pub(crate) server: Arc<TestServer>,
    pub(crate) major: u32,
    pub(crate) name: String,
}

impl Database {
    /// On the shared server of a major.
    pub(crate) fn new(major: u32, name: &str) -> Self {
        Self::on(&POOL.server(major), major, name)
    }

    /// On a server with settings of its own.
    pub(crate) fn with(major: u32, name: &str, settings: &[(&str, &str)]) -> Self {
        let server = Arc::new(TestServer::start(major, settings));
        Self::on(&server, major, name)
    }

    pub(crate) fn on(server: &Arc<TestServer>, major: u32, name: &str) -> Self {
        let server = Arc::clone(server);
        execute(
            &server.settings("postgres"),
            &format!("CREATE DATABASE {}", quoted(name)),
        );
        Self {
            server,
            major,
            name: name.to_owned(),
        }
    }

    /// How to connect as superuser.
    pub(crate) fn settings(&self) -> Settings {
        self.server.settings(&self.name)
    }

    pub(crate) fn settings_as(&self, role: &str) -> Settings {
        self.server.settings_as(role, &self.name)
    }

    /// Runs each of the statements in a session of its own: its counters are told when it ends.
    pub(crate) fn run(&self, batches: &[&str]) {
        for sql in batches {
            execute(&self.settings(), sql);
        }
    }

    /// The first column of the first row.
    pub(crate) fn ask(&self, sql: &str) -> String {
        let rows = run(&self.server.settings("postgres"), |client| async move {
            client.simple_query(sql).await.unwrap()
        });
        let value = rows.iter().find_map(|row| match row {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        value.unwrap_or_default()
    }

    /// The rows of a table.
    pub(crate) fn count(&self, table: &str) -> i64 {
        let count = format!("SELECT count(*) FROM {table}");
        run(&self.settings(), |client| async move {
            client.query_one(&count, &[]).await.unwrap().get(0)
        })
    }

    /// Waits until the server says yes.
    #[track_caller]
    pub(crate) fn wait_until(&self, condition: &str) {
        let until = Instant::now() + Duration::from_secs(10);
        let sql = format!("SELECT {condition}");
        let met = run(&self.server.settings("postgres"), |client| async move {
            while Instant::now() < until {
                if client.query_one(&sql, &[]).await.unwrap().get(0) {
                    return true;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            false
        });
        assert!(met, "never: {condition}");
    }

    /// Up to 14, counters reach other sessions through a collector process: a moment later.
    pub(crate) fn settle(&self) {
        sleep(Duration::from_millis(if self.major < 15 {
            1200
        } else {
            50
        }));
    }

    /// Sessions of the program that the server still has.
    pub(crate) fn audits(&self) -> String {
        format!(
            "(SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgaudit' \
             AND datname = {} AND usename = 'postgres')",
            literal(&self.name)
        )
    }

    /// What the server has logged about this database.
    pub(crate) fn log(&self) -> Vec<Entry> {
        let all = entries(&self.server.log());
        assert!(!all.is_empty(), "the log cannot be read");
        all.into_iter()
            .filter(|entry| entry.database == self.name)
            .collect()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A trial that failed may have left a server that nobody can connect to.
        if !std::thread::panicking() {
            let drop = format!("DROP DATABASE {} WITH (FORCE)", quoted(&self.name));
            execute(&self.server.settings("postgres"), &drop);
        }
    }
}

/// An entry of a server's log.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) pid: String,
    pub(crate) database: String,
    pub(crate) level: String,
    pub(crate) message: String,
}

/// Reads what servers of the tests write: `%m [%p] %q%u@%d LEVEL:  message`, further lines behind a tab.
fn entries(log: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in log.lines() {
        if let Some(more) = line.strip_prefix('\t') {
            if let Some(entry) = entries.last_mut() {
                entry.message.push('\n');
                entry.message.push_str(more);
            }
            continue;
        }
        let parsed = line.split_once(" [").and_then(|(_, rest)| {
            let (pid, rest) = rest.split_once("] ")?;
            let (head, message) = rest.split_once(":  ")?;
            let (who, level) = head.rsplit_once(' ').unwrap_or(("", head));
            let database = who.split_once('@').map_or("", |(_, database)| database);
            Some(Entry {
                pid: pid.to_owned(),
                database: database.to_owned(),
                level: level.to_owned(),
                message: message.to_owned(),
            })
        });
        entries.extend(parsed);
    }
    entries
}

pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Tables with dead rows, stale statistics and an index that nothing uses, and slow statements.
pub(crate) fn plant_problems(database: &Database) {
    database.run(&[
        "CREATE EXTENSION IF NOT EXISTS pg_stat_statements; \
         CREATE TABLE items (id int PRIMARY KEY, note text NOT NULL, state text NOT NULL); \
         INSERT INTO items SELECT g, repeat('n', 60) || g, 'new' FROM generate_series(1, 20000) g; \
         CREATE INDEX items_note ON items (note); \
         CREATE TABLE events (id int PRIMARY KEY, note text NOT NULL);",
        "VACUUM ANALYZE",
        "UPDATE items SET state = 'old'; \
         INSERT INTO events SELECT g, 'note' FROM generate_series(1, 12000) g",
        // Statements that a batch holds are counted one by one.
        &"SELECT 1;".repeat(1000),
    ]);
    block_on(async {
        let settings = database.settings();
        let sessions = join_all((0..10).map(|_| open(&settings))).await;
        let slow = sessions.iter().map(|session| async {
            for _ in 0..10 {
                let slow = "SELECT 'a slow statement', pg_sleep(0.11)";
                session.client.batch_execute(slow).await.unwrap();
            }
        });
        join_all(slow).await;
        for session in sessions {
            session.close().await;
        }
    });
    database.settle();
}
