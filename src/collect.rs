//! Client → Snapshot: the only code that talks to PostgreSQL.

mod details;
mod jobs;
mod outcome;
mod pipeline;
mod plan;
mod session;

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep_until};

use crate::catalog::Catalog;
use crate::check::Check;
use crate::connect;
use crate::connect::settings::Settings;
use crate::replicas::Usage;
use crate::schemas::Schemas;
use crate::snapshot::{Snapshot, Stopped};

use jobs::{DATABASES, SCANS};
use outcome::refused;
use pipeline::{Job, Pipeline};
use plan::Plan;
use session::envelope;
pub use session::{Limits, units};

/// How an audit is bounded.
#[derive(Debug, Clone)]
pub struct Options {
    pub limits: Limits,
    pub schemas: Schemas,
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
        Stopped::Deadline => {
            "the deadline passed before the server had answered anything; --timeout gives more time"
        }
        Stopped::Interrupt | Stopped::Terminate => {
            "interrupted before the server had answered anything"
        }
        Stopped::Lost => "the connection was lost before the server had answered anything",
    }
}

/// What may end an audit early: its deadline, Ctrl-C and SIGTERM.
pub struct Stop {
    signals: Option<(Signal, Signal)>,
}

impl Stop {
    /// Listens for Ctrl-C and SIGTERM.
    pub fn on_signals() -> io::Result<Self> {
        let signals = (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        );
        Ok(Self {
            signals: Some(signals),
        })
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
    let result = Plan::new(catalog, checks, options).run(&mut pipeline).await;
    let target = pipeline.place();
    pipeline.close().await;
    Ok(Snapshot { target, ..result? })
}

/// The databases of a server that hold something of users, and whether this role may connect to them.
pub async fn databases(
    settings: &Settings,
    options: &Options,
    stop: &mut Stop,
) -> Result<Vec<(String, bool)>, Error> {
    let mut pipeline = Pipeline::open(settings, options, stop, &|_| ()).await?;
    let answer = only(&mut pipeline, DATABASES, &envelope(options.limits, None)).await;
    pipeline.close().await;
    answer
}

/// The answer of a single job, without which there is nothing to tell.
async fn only<J: Job>(
    pipeline: &mut Pipeline<'_>,
    job: J,
    envelope: &str,
) -> Result<J::Answer, Error> {
    match pipeline.run(&[job], envelope).await?.pop().flatten() {
        Some((Ok(answer), _)) => Ok(answer),
        Some((Err(failure), _)) => Err(Error::Server(refused(&failure))),
        None => Err(Error::Stopped(
            pipeline.stopped().unwrap_or(Stopped::Deadline),
        )),
    }
}

/// Asks a standby what it uses, for the audit of its primary.
pub async fn usage(
    settings: &Settings,
    catalog: &Catalog,
    options: &Options,
    stop: &mut Stop,
) -> Result<Usage, Error> {
    let mut pipeline = Pipeline::open(settings, options, stop, &|_| ()).await?;
    let result = ask_usage(&mut pipeline, catalog, options).await;
    pipeline.close().await;
    result
}

async fn ask_usage(
    pipeline: &mut Pipeline<'_>,
    catalog: &Catalog,
    options: &Options,
) -> Result<Usage, Error> {
    let seen = Plan::new(catalog, &[], options).run(pipeline).await?;
    if !seen.server.standby {
        return Err(Error::Server(String::from(
            "this is no standby; --replica names the standbys of the audited server",
        )));
    }
    let envelope = envelope(options.limits, Some(&seen.server));
    let scans = only(pipeline, SCANS, &envelope).await?;
    Ok(Usage {
        age: seen.fact("counters.database"),
        scans: scans.into_iter().collect(),
    })
}
