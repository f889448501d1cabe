//! Client → Snapshot: the only code that talks to PostgreSQL.

mod jobs;
mod pipeline;
mod session;

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep_until};
use tokio_postgres::error::SqlState;

use crate::catalog::Catalog;
use crate::check::{Check, CheckId, Kind};
use crate::compute::Computed;
use crate::connect;
use crate::connect::settings::Settings;
use crate::needs::{self, Rights, Wanted};
use crate::server::{SUPPORTED, Server};
use crate::snapshot::{Answer, FORMAT, Outcome, Row, Snapshot, Stopped, Unknown};
use crate::value::{Unit, Value};

use jobs::{Detail, Locked, Main, MainAnswer, RightsProbe, Shared, Statement};
use pipeline::{Answered, Pipeline};
pub use session::Limits;
use session::{Failure, envelope};

/// Rows of one check that are measured one by one.
const DETAILS: usize = 20;

/// How an audit is bounded.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub limits: Limits,
    /// When everything ends, connecting included.
    pub deadline: Instant,
}

/// Why there is no snapshot at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Connect(#[from] connect::Error),
    #[error("{0}")]
    Server(String),
    #[error(
        "the audit met two different servers on one connection; behind a load balancer name one node with -h, after a failover run it again"
    )]
    NodeChanged,
    #[error("{}", stopped(*.0))]
    Stopped(Stopped),
}

fn stopped(by: Stopped) -> &'static str {
    match by {
        Stopped::Deadline => "the deadline passed before the server had answered anything; --timeout gives more time",
        Stopped::Interrupt | Stopped::Terminate => "interrupted before the server had answered anything",
    }
}

/// What may end an audit early: its deadline, Ctrl-C and SIGTERM.
pub struct Stop {
    signals: Option<(Signal, Signal)>,
}

impl Stop {
    /// Listens for Ctrl-C and SIGTERM.
    pub fn on_signals() -> io::Result<Self> {
        Ok(Self { signals: Some((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)) })
    }

    /// Only the deadline.
    pub fn on_deadline() -> Self {
        Self { signals: None }
    }

    /// Waits for the first of them.
    pub(crate) async fn wait(&mut self, deadline: Instant) -> Stopped {
        let Some((interrupt, terminate)) = &mut self.signals else {
            sleep_until(deadline).await;
            return Stopped::Deadline;
        };
        tokio::select! {
            biased;
            _ = interrupt.recv() => Stopped::Interrupt,
            _ = terminate.recv() => Stopped::Terminate,
            () = sleep_until(deadline) => Stopped::Deadline,
        }
    }
}

/// Audits one database: asks `checks` and all that they and the report rest on.
pub async fn collect(
    settings: &Settings,
    catalog: &Catalog,
    checks: &[&Check],
    options: &Options,
    stop: &mut Stop,
    progress: &dyn Fn(&str),
) -> Result<Snapshot, Error> {
    let mut pipeline = Pipeline::open(settings, options, stop, progress).await?;
    let plan = Plan::new(catalog, checks);
    let result = plan.run(&mut pipeline, options, settings.place()).await;
    pipeline.close().await;
    result
}

/// Asks the server only who it is and what this role may do there.
pub async fn probe(
    settings: &Settings,
    catalog: &Catalog,
    checks: &[&Check],
    options: &Options,
    stop: &mut Stop,
) -> Result<(Server, Rights), Error> {
    let mut pipeline = Pipeline::open(settings, options, stop, &|_| ()).await?;
    let result = Plan::new(catalog, checks).meet(&mut pipeline, options).await;
    pipeline.close().await;
    result
}

/// What has to be asked for a selection of checks.
struct Plan<'a> {
    catalog: &'a Catalog,
    checks: &'a [&'a Check],
    facts: Vec<&'a Check>,
    /// The shared readings that any of the checks is computed from.
    readings: Vec<&'a Check>,
}

impl<'a> Plan<'a> {
    fn new(catalog: &'a Catalog, checks: &'a [&'a Check]) -> Self {
        let used =
            |reading: &&Check| checks.iter().any(|check| check.from.iter().any(|from| from == reading.id.name()));
        let readings = catalog.entries().filter(|entry| entry.kind == Kind::Shared).filter(used).collect();
        Self { catalog, checks, facts: catalog.facts().collect(), readings }
    }

    /// Asks who the server is and what may be done there, at once.
    async fn meet(&self, pipeline: &mut Pipeline<'_>, options: &Options) -> Result<(Server, Rights), Error> {
        let all = self.checks.iter().chain(&self.facts).chain(&self.readings).copied();
        let first =
            [Main::Statement(Statement::plain(self.catalog.server())), Main::Rights(RightsProbe::new(Wanted::by(all)))];
        let answers = pipeline.run(&first, &envelope(options.limits, None)).await?;
        let mut server = Err(String::from("the server did not say who it is"));
        let mut rights = Rights::default();
        for answer in answers {
            match answer {
                None => {
                    return Err(Error::Stopped(pipeline.stopped().unwrap_or(Stopped::Deadline)));
                }
                Some((Err(failure), _)) => return Err(Error::Server(first_failure(&failure))),
                Some((Ok(MainAnswer::Rows(rows)), _)) => {
                    server = rows.first().map_or(server, |row| Server::new(&row.values));
                }
                Some((Ok(MainAnswer::Rights(found)), _)) => rights = found,
                Some((Ok(_), _)) => {}
            }
        }
        let server = server.map_err(Error::Server)?;
        if server.major() < *SUPPORTED.start() {
            return Err(Error::Server(format!(
                "this is PostgreSQL {}, and pgaudit supports {} to {}",
                server.version,
                SUPPORTED.start(),
                SUPPORTED.end()
            )));
        }
        Ok((server, rights))
    }

    async fn run(&self, pipeline: &mut Pipeline<'_>, options: &Options, target: String) -> Result<Snapshot, Error> {
        let (server, rights) = self.meet(pipeline, options).await?;
        let envelope = envelope(options.limits, Some(&server));

        let mut outcomes: BTreeMap<CheckId, Answer> = BTreeMap::new();
        let mut jobs = Vec::new();
        let mut asked: Vec<Option<&Check>> = Vec::new();
        for check in self.facts.iter().chain(self.checks).filter(|check| check.from.is_empty()) {
            match needs::unmet(&check.needs, &server, &rights) {
                Some(outcome) => {
                    outcomes.insert(check.id.clone(), Answer { outcome, ms: None });
                }
                None => {
                    jobs.push(Main::Statement(Statement::new(check, &server)));
                    asked.push(Some(check));
                }
            }
        }
        let unread = |reading: &&Check| needs::unmet(&reading.needs, &server, &rights).map(|o| (reading.id.clone(), o));
        let unread: BTreeMap<_, _> = self.readings.iter().filter_map(unread).collect();
        let computed: Vec<&Check> = self.checks.iter().copied().filter(|check| !check.from.is_empty()).collect();
        if !computed.is_empty() {
            let readable = self.readings.iter().copied().filter(|reading| !unread.contains_key(&reading.id));
            jobs.push(Main::Shared(Shared::new(readable, &computed, &server)));
            asked.push(None);
        }

        let answers = pipeline.run(&jobs, &envelope).await?;
        let stopped = pipeline.stopped();
        let mut facts = BTreeMap::new();
        let mut shared = None;
        for (check, answer) in asked.into_iter().zip(answers) {
            match (check, answer) {
                (None, Some((Ok(MainAnswer::Shared(answer)), took))) => shared = Some((Ok(answer), took)),
                (None, Some((Err(failure), took))) => shared = Some((Err(failure), took)),
                (None, _) => {}
                (Some(check), answer) => {
                    let answer = settle(check, answer, options, stopped);
                    if check.kind == Kind::Fact {
                        if let Outcome::Measured { rows, .. } = &answer.outcome {
                            let values = rows.iter().flat_map(|row| &row.values);
                            facts.extend(
                                values.map(|(name, value)| (format!("{}.{name}", check.id.name()), value.clone())),
                            );
                        }
                    } else {
                        outcomes.insert(check.id.clone(), answer);
                    }
                }
            }
        }
        outcomes.retain(|id, _| self.catalog.entry(id).is_some_and(Check::is_public));

        let mut results = match shared {
            Some((Ok(answer), took)) => {
                let results: BTreeMap<_, _> = answer.into_iter().collect();
                Ok((results, took))
            }
            Some((Err(failure), _)) => Err(Some(failure)),
            None => Err(None),
        };
        for check in computed {
            let missing = || check.from.iter().find_map(|from| unread.get(&CheckId::new(format!("readings/{from}"))));
            let outcome = if let Some(outcome) = needs::unmet(&check.needs, &server, &rights) {
                Answer { outcome, ms: None }
            } else if let Some(outcome) = missing() {
                Answer { outcome: outcome.clone(), ms: None }
            } else {
                match &mut results {
                    Ok((results, took)) => {
                        let outcome = match results.remove(&check.id) {
                            Some(Ok(compute)) => computed_outcome(check, compute.finish(&facts)),
                            Some(Err(failure)) => failed(&failure, options),
                            None => Outcome::Failed { error: String::from("its readings were not taken") },
                        };
                        Answer { outcome, ms: Some(took.as_secs_f64() * 1000.0) }
                    }
                    Err(Some(failure)) => Answer { outcome: failed(failure, options), ms: None },
                    Err(None) => Answer { outcome: not_asked(stopped), ms: None },
                }
            };
            outcomes.insert(check.id.clone(), outcome);
        }

        if pipeline.stopped().is_none() {
            self.details(pipeline, &envelope, options, &server, &mut outcomes).await?;
        }
        for (id, answer) in &mut outcomes {
            if let (Some(check), Outcome::Measured { rows, .. }) = (self.catalog.entry(id), &mut answer.outcome) {
                let is_oid = |name: &str| check.unit(name) == Some(Unit::Oid);
                rows.iter_mut().for_each(|row| row.values.retain(|name, _| !is_oid(name)));
            }
        }
        Ok(Snapshot {
            format: FORMAT,
            pgaudit: env!("CARGO_PKG_VERSION").to_owned(),
            target,
            server,
            facts,
            checks: outcomes,
            stopped: pipeline.stopped(),
            injected: Vec::new(),
        })
    }

    /// Measures the few rows that are reported one by one, each in a transaction of its own.
    async fn details(
        &self,
        pipeline: &mut Pipeline<'_>,
        envelope: &str,
        options: &Options,
        server: &Server,
        outcomes: &mut BTreeMap<CheckId, Answer>,
    ) -> Result<(), Error> {
        let mut wanted = Vec::new();
        for check in self.checks.iter().filter(|check| check.detail.is_some()) {
            if let Some(Answer { outcome: Outcome::Measured { rows, .. }, .. }) = outcomes.get(&check.id) {
                let oids = rows.iter().enumerate().take(DETAILS).filter_map(|(at, row)| Some((at, oid(check, row)?)));
                wanted.extend(oids.map(|(at, oid)| (*check, at, oid)));
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let locked = pipeline.run(&[Locked], envelope).await?.pop().flatten();
        let locked = match locked {
            Some((Ok(locked), _)) => locked,
            // Who holds locks is not known: then nothing is opened that might wait.
            _ => wanted.iter().map(|(_, _, oid)| *oid).collect(),
        };
        let (behind_a_lock, free): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|(_, _, oid)| locked.contains(oid));
        let jobs: Vec<_> = free.iter().map(|(check, _, oid)| Detail::new(check, *oid, server)).collect();
        let answers = pipeline.run(&jobs, envelope).await?;

        let mut put = |check: &Check, at: usize, detail: Result<Row, (String, String)>| {
            let Some(Answer { outcome: Outcome::Measured { rows, unknown, .. }, .. }) = outcomes.get_mut(&check.id)
            else {
                return;
            };
            match detail {
                Ok(detail) => rows[at].values.extend(detail.values),
                Err((reason, remedy)) => {
                    let object = rows[at].object.clone();
                    unknown.push(Unknown { object, reason, remedy: Some(remedy) });
                }
            }
        };
        for (check, at, _) in behind_a_lock {
            put(check, at, Err(behind_lock()));
        }
        for ((check, at, _), answer) in free.into_iter().zip(answers) {
            let detail = match answer {
                Some((Ok(Some(row)), _)) => Ok(row),
                Some((Ok(None), _)) => Err(("it was dropped during the audit".into(), "audit again".into())),
                Some((Err(Failure::Refused { code, .. }), _)) if code == SqlState::LOCK_NOT_AVAILABLE => {
                    Err(behind_lock())
                }
                Some((Err(failure), _)) => match failed(&failure, options) {
                    Outcome::Skipped { reason, remedy } => Err((reason, remedy.unwrap_or_default())),
                    Outcome::Failed { error } => Err((error, "audit again".into())),
                    _ => Err((String::new(), String::new())),
                },
                None => {
                    Err(("the audit ended before it was measured".into(), "audit again with a longer --timeout".into()))
                }
            };
            put(check, at, detail);
        }
        Ok(())
    }
}

fn behind_lock() -> (String, String) {
    (
        String::from("its exact size was not read: a session holds or waits for an ACCESS EXCLUSIVE lock on it"),
        String::from("audit again when that session is done"),
    )
}

fn oid(check: &Check, row: &Row) -> Option<u32> {
    let column = check.columns.iter().find(|column| column.unit == Unit::Oid)?;
    match row.get(&column.name) {
        Value::Int(oid) => u32::try_from(*oid).ok(),
        _ => None,
    }
}

fn first_failure(failure: &Failure) -> String {
    match failure {
        // PgBouncer with pool_mode=statement allows no transaction at all.
        Failure::Refused { message, .. } if message.contains("statement pooling mode") => String::from(
            "the pooler runs in statement mode, which allows no transactions; connect to the server itself, or through a pool in transaction or session mode",
        ),
        Failure::Refused { code, message } => {
            format!("the server refused the first question: {message} ({})", code.code())
        }
        Failure::Lost(message) => message.clone(),
        Failure::Stalled(limit) => {
            format!(
                "the server took the connection but gave no answer for {} s; a pooler may have no server connection free",
                limit.as_secs()
            )
        }
        Failure::Contract(message) => message.clone(),
    }
}

/// The outcome of a statement that was or was not answered.
fn settle(check: &Check, answer: Answered<MainAnswer>, options: &Options, stopped: Option<Stopped>) -> Answer {
    match answer {
        Some((Ok(MainAnswer::Rows(rows)), took)) => {
            Answer { outcome: measured(check, rows), ms: Some(took.as_secs_f64() * 1000.0) }
        }
        Some((Ok(_), _)) => {
            Answer { outcome: Outcome::Failed { error: String::from("an answer of another kind") }, ms: None }
        }
        Some((Err(failure), took)) => {
            Answer { outcome: failed(&failure, options), ms: Some(took.as_secs_f64() * 1000.0) }
        }
        None => Answer { outcome: not_asked(stopped), ms: None },
    }
}

fn not_asked(stopped: Option<Stopped>) -> Outcome {
    let (reason, remedy) = match stopped {
        Some(Stopped::Interrupt | Stopped::Terminate) => {
            ("the audit was interrupted before it was answered", "let the audit run to its end")
        }
        Some(Stopped::Deadline) | None => {
            ("the deadline passed before it was answered", "give the audit more time: --timeout")
        }
    };
    Outcome::Skipped { reason: reason.into(), remedy: Some(remedy.into()) }
}

fn failed(failure: &Failure, options: &Options) -> Outcome {
    let seconds = |limit: Duration| crate::value::duration(limit.as_secs_f64());
    match failure {
        Failure::Refused { code, .. } if *code == SqlState::QUERY_CANCELED => Outcome::Skipped {
            reason: format!("it took longer than {}", seconds(options.limits.statement)),
            remedy: Some(String::from("give a statement more time: --statement-timeout")),
        },
        Failure::Refused { code, .. } if *code == SqlState::LOCK_NOT_AVAILABLE => Outcome::Skipped {
            reason: format!("it had to wait for a lock longer than {}", seconds(options.limits.lock)),
            remedy: Some(String::from("audit again when the lock is gone")),
        },
        Failure::Stalled(limit) => Outcome::Skipped {
            reason: format!("the server gave no answer for {}", seconds(*limit)),
            remedy: Some(String::from("audit again; behind a pooler, see whether it has server connections free")),
        },
        Failure::Refused { code, message } => Outcome::Failed { error: format!("{message} ({})", code.code()) },
        Failure::Lost(message) => Outcome::Failed { error: message.clone() },
        Failure::Contract(message) => Outcome::Failed { error: message.clone() },
    }
}

/// Sorts rows into measurements and unknown objects by the reserved columns.
fn measured(check: &Check, found: Vec<Row>) -> Outcome {
    let mut rows = Vec::new();
    let mut unknown = Vec::new();
    let mut population = None;
    for mut row in found {
        if let Some(Value::Int(n)) = row.values.remove("population") {
            population = u64::try_from(n).ok();
        }
        let reason = row.values.remove("unknown");
        let remedy = row.values.remove("remedy");
        match reason {
            Some(Value::Text(reason)) => {
                let remedy = remedy.and_then(|remedy| remedy.text().map(str::to_owned));
                unknown.push(Unknown { object: row.object, reason, remedy });
            }
            _ if row.object.is_empty() && check.kind != Kind::Fact => {}
            _ => {
                row.values.retain(|name, value| !(session::is_reserved(name) && *value == Value::Null));
                rows.push(row);
            }
        }
    }
    assessed(check, Computed { rows, unknown, population })
}

fn computed_outcome(check: &Check, mut computed: Computed) -> Outcome {
    for row in &mut computed.rows {
        row.values.retain(|name, _| check.column(name).is_some() || session::is_reserved(name));
    }
    assessed(check, computed)
}

fn assessed(check: &Check, Computed { rows, unknown, population }: Computed) -> Outcome {
    if population == Some(0) {
        return Outcome::NotApplicable { reason: format!("there is no {} that it could be about", check.about) };
    }
    Outcome::Measured { rows, unknown, population }
}
