//! Every check × every server: the contract of its header, and its fixture.
//!
//! `cargo test --test checks indexes/unused` runs one check, `… 'on 13'` one major.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "support/fixture.rs"]
mod fixture;
#[path = "support/server.rs"]
mod server;
#[path = "support/session.rs"]
mod session;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use fixture::{Expects, Fixture, Part, Section, Who};
use libtest_mimic::{Arguments, Failed, Trial};
use pgaudit::assess::State;
use pgaudit::catalog::Catalog;
use pgaudit::check::{Applies, Check, Kind};
use pgaudit::collect::{self, Limits, Options, Stop};
use pgaudit::connect::Connection;
use pgaudit::connect::settings::Settings;
use pgaudit::report::{NextStep, Report, assess};
use pgaudit::rubric::Rubric;
use pgaudit::schemas::Schemas;
use pgaudit::score::Missing;
use pgaudit::server::Extension;
use pgaudit::snapshot::{Outcome, Row, Snapshot};
use pgaudit::value::{Unit, Value};
use server::{MONITOR, PLAIN, Pool, TestServer, majors};
use session::{block_on, describe, execute, open, run};
use tokio::time::{Instant, sleep};
use tokio_postgres::types::Type;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::bundled().unwrap());
static RUBRIC: LazyLock<Rubric> = LazyLock::new(|| Rubric::bundled(&CATALOG).unwrap());
static POOL: Pool = Pool::new();

fn main() {
    let mut arguments = Arguments::from_args();
    // Most of a fixture's time is spent waiting for the server.
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let mut trials = Vec::new();
    if !arguments.ignored {
        let majors = majors();
        println!("PostgreSQL {majors:?}");
        for major in majors {
            trials.push(Trial::test(format!("contract on {major}"), move || {
                contract(major)
            }));
            for check in CATALOG.checks() {
                trials.push(Trial::test(format!("{} on {major}", check.id), move || {
                    check_on(check, major)
                }));
            }
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    POOL.clear();
    conclusion.exit();
}

fn fixture(check: &Check) -> Result<Fixture, Failed> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/checks/{}.sql", check.id));
    if !path.exists() {
        return Err(format!("{} has no fixture: write {}", check.id, path.display()).into());
    }
    Ok(Fixture::read(&path)?)
}

fn check_on(check: &'static Check, major: u32) -> Result<(), Failed> {
    let fixture = fixture(check)?;
    if fixture.untestable.is_some() {
        return Ok(());
    }
    let server = match &fixture.server {
        Some(settings) => {
            let settings: Vec<_> = settings
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            Arc::new(TestServer::start(major, &settings))
        }
        None => POOL.server(major),
    };
    let database = check.id.as_str().replace('/', "_");
    let maintenance = server.settings("postgres");
    execute(&maintenance, &format!("DROP DATABASE IF EXISTS {database}"));
    execute(&maintenance, &format!("CREATE DATABASE {database}"));
    execute(
        &server.settings(&database),
        "CREATE EXTENSION pg_stat_statements",
    );
    let bench = Bench {
        check,
        fixture,
        server,
        database,
        major,
    };
    let result = block_on(bench.run());
    execute(&maintenance, &format!("DROP DATABASE {}", bench.database));
    result
}

struct Bench {
    check: &'static Check,
    fixture: Fixture,
    server: Arc<TestServer>,
    database: String,
    major: u32,
}

impl Bench {
    async fn run(&self) -> Result<(), Failed> {
        let mut sessions = Sessions::default();
        let result = self.sections(&mut sessions).await;
        sessions
            .end(&self.server.settings("postgres"), &self.database)
            .await;
        result
    }

    async fn sections(&self, sessions: &mut Sessions) -> Result<(), Failed> {
        let mut shown = 0;
        let mut fixes = Vec::new();
        let sections = self.fixture.sections.iter();
        for section in sections.filter(|section| section.from <= self.major) {
            for part in &section.parts {
                sessions
                    .play(part, &self.server.settings(&self.database))
                    .await?;
            }
            if section.expects == Expects::Fixed {
                let mut part = Part {
                    who: Who::Fresh,
                    batches: std::mem::take(&mut fixes),
                };
                if part.batches.is_empty() {
                    return Err("@fixed: there is no fix in SQL to run".into());
                }
                part.batches.dedup();
                sessions
                    .play(&part, &self.server.settings(&self.database))
                    .await?;
            }
            self.settle().await;
            let snapshot = self
                .collect(&self.server.settings(&self.database), section)
                .await?;
            let report = assess(
                &snapshot,
                &CATALOG,
                &RUBRIC,
                RUBRIC.profile("default").unwrap(),
            );
            let context = |message: String| format!("after @{:?}: {message}", section.expects);
            self.judge(section, &snapshot, &report).map_err(context)?;
            if let Expects::Bad(_) | Expects::Shows | Expects::Unknown = section.expects {
                shown += 1;
                self.snapshot(&snapshot, &report, shown);
            }
            if let Expects::Bad(_) | Expects::Shows = section.expects {
                for role in [MONITOR, PLAIN] {
                    let settings = self.server.settings_as(role, &self.database);
                    let seen = self.collect(&settings, section).await?;
                    self.hides_nothing(&snapshot, &seen)
                        .map_err(|message| context(format!("as {role}: {message}")))?;
                }
            }
            let sql = report
                .findings
                .iter()
                .filter_map(|finding| match &finding.fix {
                    Some(NextStep::Sql(sql)) => Some(sql.clone()),
                    _ => None,
                });
            fixes = sql.collect();
        }
        Ok(())
    }

    /// Up to 14, counters reach other sessions through a collector process: a moment later.
    async fn settle(&self) {
        sleep(Duration::from_millis(if self.major < 15 {
            1200
        } else {
            50
        }))
        .await;
    }

    async fn collect(&self, settings: &Settings, section: &Section) -> Result<Snapshot, Failed> {
        let options = Options {
            limits: Limits {
                statement: Duration::from_secs(5),
                lock: Duration::from_millis(200),
                budget: None,
            },
            schemas: Schemas::default(),
            deadline: Instant::now() + Duration::from_secs(30),
        };
        let mut stop = Stop::on_deadline();
        let snapshot = collect::collect(
            settings,
            &CATALOG,
            &[self.check],
            &options,
            &mut stop,
            &|_| (),
        )
        .await;
        let mut snapshot = snapshot.map_err(|error| error.to_string())?;
        for (fact, value) in &self.fixture.facts {
            snapshot.facts.insert(fact.clone(), Value::Float(*value));
        }
        snapshot.server.now += jiff::SignedDuration::from_secs_f64(section.later);
        Ok(snapshot)
    }

    fn judge(
        &self,
        section: &Section,
        snapshot: &Snapshot,
        report: &Report<'_>,
    ) -> Result<(), String> {
        let outcome = &snapshot.checks[&self.check.id].outcome;
        let Outcome::Measured { rows, unknown, .. } = outcome else {
            return if section.expects == Expects::Good
                && matches!(outcome, Outcome::NotApplicable { .. })
            {
                Ok(())
            } else {
                Err(format!("it was not measured: {outcome:?}"))
            };
        };
        let judged = report
            .judged
            .iter()
            .find(|judged| judged.check.id == self.check.id);
        let unknown: Vec<String> = match judged.map(|judged| (&judged.state, &judged.unknown)) {
            Some((State::Unseen(unseen), _)) => vec![unseen.reason.clone()],
            measured => measured
                .map_or(unknown, |(_, unknown)| unknown)
                .iter()
                .map(|unknown| format!("{}: {}", unknown.object, unknown.reason))
                .collect(),
        };
        let objects: std::collections::BTreeSet<_> = rows.iter().map(|row| &row.object).collect();
        if objects.len() != rows.len() || rows.iter().any(|row| row.object.is_empty()) {
            return Err(format!("objects are not unique or empty: {rows:?}"));
        }
        let worst = report.findings.iter().map(|finding| finding.severity).max();
        let silent = || match worst {
            Some(severity) => Err(format!(
                "{severity}: {:?}",
                report
                    .findings
                    .iter()
                    .map(|f| (&f.object, &f.evidence))
                    .collect::<Vec<_>>()
            )),
            None if !unknown.is_empty() => Err(format!("not judged: {unknown:?}")),
            None => Ok(()),
        };
        match section.expects {
            Expects::Good | Expects::Fixed => {
                silent()?;
                self.points(report, |points| {
                    points.is_none_or(|(points, seen)| points >= 10.0 && seen >= 1.0)
                })
            }
            Expects::Shows
                if RUBRIC
                    .unscored
                    .iter()
                    .any(|(id, _)| id == self.check.id.as_str()) =>
            {
                if rows.is_empty() {
                    Err(String::from("no rows"))
                } else {
                    silent()
                }
            }
            Expects::Shows => Err(String::from("it is graded: it wants @good and @bad")),
            Expects::Bad(severity) if worst == Some(severity) => self.points(report, |points| {
                points.is_some_and(|(points, _)| points < 10.0)
            }),
            Expects::Bad(_) => Err(format!("the worst severity is {worst:?}; rows: {rows:?}")),
            Expects::Unknown if unknown.is_empty() => {
                Err(format!("nothing is unknown; rows: {rows:?}"))
            }
            Expects::Unknown => {
                self.points(report, |points| points.is_none_or(|(_, seen)| seen < 1.0))
            }
        }
    }

    /// Holds points and the share that was seen of each criterion of the check against what they should be.
    fn points(
        &self,
        report: &Report<'_>,
        good: impl Fn(Option<(f64, f64)>) -> bool,
    ) -> Result<(), String> {
        let card = report
            .score
            .as_ref()
            .ok_or("there is no table in the fixture, hence no score")?;
        for (_, criterion) in card
            .criteria()
            .filter(|(_, criterion)| criterion.check.id == self.check.id)
        {
            let points = match &criterion.result {
                Ok(points) => Some((points.points, points.assessed)),
                Err(Missing::NotApplicable(_)) => None,
                Err(Missing::Unseen(unseen)) if unseen.reason.is_empty() => None,
                Err(Missing::Unseen(_)) => Some((10.0, 0.0)),
            };
            if !good(points) {
                return Err(format!(
                    "{}: {:?}",
                    criterion.criterion.id, criterion.result
                ));
            }
        }
        Ok(())
    }

    /// The rows are the same on all majors, save what the fixture redacts.
    fn snapshot(&self, snapshot: &Snapshot, report: &Report<'_>, number: usize) {
        let Outcome::Measured { rows, unknown, .. } = &snapshot.checks[&self.check.id].outcome
        else {
            return;
        };
        let mut rows: Vec<_> = rows.iter().map(|row| self.redacted(row)).collect();
        // Ordered by a figure that differs, they stand in another order.
        if let Some(by) = &self.check.largest_first
            && self.fixture.redact.contains(by)
        {
            rows.sort_by(|a, b| a.object.cmp(&b.object));
        }
        let fixes = report
            .findings
            .iter()
            .filter_map(|finding| match &finding.fix {
                Some(NextStep::Sql(sql)) => Some(sql.as_str()),
                _ => None,
            });
        let shown = serde_json::json!({ "rows": rows, "unknown": unknown, "fixes": fixes.collect::<Vec<_>>() });
        let name = format!("{}__{number}", self.check.id.as_str().replace('/', "__"));
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("snapshots/checks");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_json_snapshot!(name, shown));
    }

    fn redacted(&self, row: &Row) -> Row {
        let mut row = row.clone();
        for (name, value) in &mut row.values {
            let moment = matches!(self.check.unit(name), Some(Unit::Time | Unit::Since));
            if moment && *value != Value::Null || self.fixture.redact.contains(name) {
                *value = Value::Text(format!("[{name}]"));
            }
        }
        row
    }

    /// A role that sees less says so: the same rows, or a reason with a remedy.
    fn hides_nothing(&self, full: &Snapshot, seen: &Snapshot) -> Result<(), String> {
        match (
            &full.checks[&self.check.id].outcome,
            &seen.checks[&self.check.id].outcome,
        ) {
            (
                _,
                Outcome::Skipped {
                    remedy: Some(_), ..
                },
            ) => Ok(()),
            (
                Outcome::Measured { rows, .. },
                Outcome::Measured {
                    rows: some,
                    unknown,
                    ..
                },
            ) => {
                // What differs from run to run may be missing as well.
                let comparable = |row: &Row| {
                    let mut row = self.redacted(row);
                    row.values
                        .retain(|name, _| !self.fixture.redact.contains(name));
                    row
                };
                let all: Vec<_> = rows.iter().map(comparable).collect();
                let some: Vec<_> = some.iter().map(comparable).collect();
                if all == some || !unknown.is_empty() {
                    Ok(())
                } else {
                    Err(format!("{all:?}\nbecame\n{some:?}"))
                }
            }
            (all, some) => Err(format!("{all:?}\nbecame\n{some:?}")),
        }
    }
}

/// The sessions that a fixture keeps open.
#[derive(Default)]
struct Sessions {
    named: BTreeMap<String, Connection>,
    others: Vec<Connection>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Sessions {
    async fn play(&mut self, part: &Part, settings: &Settings) -> Result<(), Failed> {
        match &part.who {
            Who::Fresh if part.batches.is_empty() => {}
            Who::Fresh => {
                let connection = open(settings).await;
                batches(&connection, &part.batches).await?;
                end(connection, settings).await;
            }
            Who::Named(name) => {
                if !self.named.contains_key(name) {
                    self.named.insert(name.clone(), open(settings).await);
                }
                batches(&self.named[name], &part.batches).await?;
            }
            Who::Many {
                count,
                waited_for: true,
            } => {
                let mut opened = Vec::new();
                for _ in 0..*count {
                    opened.push(open(settings).await);
                }
                for result in futures_util::future::join_all(
                    opened.iter().map(|session| batches(session, &part.batches)),
                )
                .await
                {
                    result?;
                }
                self.others.extend(opened);
            }
            Who::Failing => {
                let connection = open(settings).await;
                if batches(&connection, &part.batches).await.is_ok() {
                    return Err("@fails: nothing of it failed".into());
                }
                end(connection, settings).await;
            }
            Who::Many {
                count,
                waited_for: false,
            } => {
                for _ in 0..*count {
                    let connection = open(settings).await;
                    let client = Arc::clone(&connection.client);
                    let sql = part.batches.clone();
                    self.tasks.push(tokio::spawn(async move {
                        for batch in &sql {
                            // It is ended with its session.
                            let _ = client.batch_execute(batch).await;
                        }
                    }));
                    self.others.push(connection);
                }
                // Until all of them are at it.
                sleep(Duration::from_millis(300)).await;
            }
        }
        Ok(())
    }

    async fn end(self, maintenance: &Settings, database: &str) {
        let connection = open(maintenance).await;
        let end = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        );
        connection
            .client
            .batch_execute(&end)
            .await
            .unwrap_or_else(|error| panic!("{}", describe(&error)));
        for task in self.tasks {
            let _ = task.await;
        }
        connection.close().await;
    }
}

/// Ends a session and waits until the server is rid of it: only then has it told all its counters.
async fn end(connection: Connection, settings: &Settings) {
    let pid = connection
        .client
        .query_one("SELECT /* pgaudit:fixture */ pg_backend_pid()", &[])
        .await;
    connection.close().await;
    let Ok(pid) = pid.map(|row| row.get::<_, i32>(0)) else {
        return;
    };
    let watcher = open(settings).await;
    for _ in 0..500 {
        let alive = "SELECT /* pgaudit:fixture */ FROM pg_stat_activity WHERE pid = $1";
        if watcher
            .client
            .query(alive, &[&pid])
            .await
            .is_ok_and(|rows| rows.is_empty())
        {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    watcher.close().await;
}

async fn batches(connection: &Connection, batches: &[String]) -> Result<(), Failed> {
    for batch in batches {
        connection
            .client
            .batch_execute(batch)
            .await
            .map_err(|error| format!("{}: {batch}", describe(&error)))?;
    }
    Ok(())
}

/// Prepares every statement on a server and holds its columns against the header.
fn contract(major: u32) -> Result<(), Failed> {
    let server = POOL.server(major);
    execute(
        &server.settings("postgres"),
        "DROP DATABASE IF EXISTS contract",
    );
    execute(&server.settings("postgres"), "CREATE DATABASE contract");
    // What statements that measure call.
    execute(&server.settings("contract"), "CREATE EXTENSION pgstattuple");
    let mut wrong = Vec::new();
    for check in CATALOG.entries() {
        // The newest variant that fits is used, and each that an older extension would need.
        let mut versions = vec![None];
        for variant in &check.variants {
            if let Applies::Extension { name, .. } = &variant.applies {
                versions.push(Some((name.clone(), String::from("1.7"))));
            }
        }
        versions.dedup();
        for version in versions {
            let prepared = run(&server.settings("contract"), |client| async move {
                let (name, at) = version
                    .clone()
                    .unwrap_or(("pg_stat_statements".to_owned(), String::new()));
                let at = if at.is_empty() {
                    at
                } else {
                    format!("VERSION '{at}'")
                };
                client
                    .batch_execute(&format!(
                        "DROP EXTENSION IF EXISTS {name}; CREATE EXTENSION {name} {at}"
                    ))
                    .await?;
                columns(check, major, &client).await
            });
            if let Err(message) = prepared.unwrap_or_else(|error| Err(describe(&error))) {
                wrong.push(format!("{}: {message}", check.id));
            }
        }
    }
    execute(&server.settings("postgres"), "DROP DATABASE contract");
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n").into())
    }
}

async fn columns(
    check: &Check,
    major: u32,
    client: &tokio_postgres::Client,
) -> Result<Result<(), String>, tokio_postgres::Error> {
    let found = client
        .query(
            "SELECT extname, extversion, extnamespace::regnamespace::text FROM pg_extension",
            &[],
        )
        .await?;
    let extensions: BTreeMap<_, _> = found
        .iter()
        .map(|row| {
            (
                row.get::<_, String>(0),
                Extension {
                    version: row.get(1),
                    schema: row.get(2),
                },
            )
        })
        .collect();
    let server = pgaudit::server::Server {
        version_num: major * 10_000,
        extensions,
        ..pgaudit::server::Server::like(major, std::iter::empty())
    };
    client
        .batch_execute("SET search_path = pg_catalog, pg_temp")
        .await?;
    if let Some(variant) = server.variant(check) {
        let prepared = client
            .prepare(&server.statement(check.id.as_str(), &variant.sql))
            .await?;
        if let Err(message) = collect::units(
            check,
            prepared.columns().iter().map(|c| (c.name(), c.type_())),
        ) {
            return Ok(Err(format!("{}: {message}", variant.file)));
        }
    } else if check.kind != Kind::Reading && check.compute.is_none() {
        return Ok(Err(String::from("it has no statement for this server")));
    }
    let measure = check.measure.as_ref().map(|measure| &measure.sql);
    for detail in check.detail.iter().chain(measure) {
        let sql = server
            .statement(check.id.as_str(), detail)
            .replace("{object}", "pg_class");
        let taken = check.takes.iter().map(|name| match check.unit(name) {
            Some(Unit::Bytes | Unit::Count) => Type::INT8,
            Some(unit) if unit.accepts(&Type::FLOAT8) => Type::FLOAT8,
            _ => Type::TEXT,
        });
        let types: Vec<_> = std::iter::once(Type::OID).chain(taken).collect();
        let prepared = client.prepare_typed(&sql, &types).await?;
        for column in prepared.columns() {
            match check.unit(column.name()) {
                None => return Ok(Err(format!("detail: `{}` is not declared", column.name()))),
                Some(unit) if !unit.accepts(column.type_()) => {
                    return Ok(Err(format!(
                        "detail: `{}` is {}",
                        column.name(),
                        column.type_()
                    )));
                }
                Some(_) => {}
            }
        }
    }
    Ok(Ok(()))
}
