//! A throwaway server with planted problems, audited: what a report looks like, with no server of the user's.

mod container;

use std::time::Duration;

use anyhow::anyhow;
use futures_util::future::try_join_all;
use tokio::time::{Instant, sleep};

use crate::catalog::Catalog;
use crate::check::Check;
use crate::collect::{self, Limits, Options, Stop};
use crate::commands::{Failure, on_server};
use crate::connect::Connection;
use crate::connect::settings::{Host, Settings};
use crate::local_server::{Binaries, LocalServer};
use crate::output::note;
use crate::schemas::Schemas;
use crate::snapshot::{Snapshot, Stopped};
use crate::value::Value;

use container::Container;

const DATABASE: &str = "shop";

/// Sessions that sit idle while the audit runs.
const IDLE: usize = 30;

/// How long planting and auditing may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the server runs with: small, so that a little work shows as much.
const SETTINGS: [(&str, &str); 6] = [
    ("shared_preload_libraries", "pg_stat_statements"),
    ("max_connections", "60"),
    ("shared_buffers", "2MB"),
    ("autovacuum", "off"),
    ("track_commit_timestamp", "off"),
    ("synchronize_seqscans", "off"),
];

/// Counters that would have to be a week old are said to be a month old, and the report says so.
const PRETENDED: [(&str, f64); 2] = [("counters.database", 30.0), ("statements.age", 30.0)];

/// Where the demo's server came from.
enum Server {
    Local(LocalServer),
    Container(Container),
}

impl Server {
    fn settings(&self, dbname: &str) -> Settings {
        match self {
            Self::Local(server) => server.settings(dbname),
            Self::Container(server) => server.settings(dbname),
        }
    }

    /// How to connect to it, and how to be rid of it.
    fn farewell(self) -> String {
        match self {
            Self::Local(server) => {
                let folder = server.socket_folder().to_owned();
                let folder = folder.display();
                let pid = server.keep();
                format!(
                    "The server runs on. Look around:  pgaudit score -h {folder} -U postgres -d {DATABASE}\n\
                     Be rid of it:                     kill {pid}; sleep 1; rm -r {folder}"
                )
            }
            Self::Container(server) => server.farewell(DATABASE),
        }
    }
}

/// Starts a server, plants the problems, audits it and removes everything. With `keep`, the server stays and
/// the second value says how to connect.
pub fn run(
    catalog: &Catalog,
    checks: &[&Check],
    major: Option<u32>,
    keep: bool,
) -> Result<(Snapshot, Option<String>), Failure> {
    let (snapshot, server) = on_server(async |stop| {
        let server = start(major)?;
        let until = Instant::now() + PATIENCE;
        let work = audit(&server, catalog, checks, until);
        tokio::select! {
            biased;
            stopped = stop.wait(until) => Err(interrupted(stopped)),
            snapshot = work => Ok((snapshot?, server)),
        }
    })??;
    Ok((snapshot, keep.then(|| server.farewell())))
}

fn interrupted(by: Stopped) -> Failure {
    match by {
        Stopped::Deadline => Failure::Demo(anyhow!(
            "the demo took longer than {} s and was given up",
            PATIENCE.as_secs()
        )),
        by => Failure::Interrupted(by),
    }
}

fn start(major: Option<u32>) -> Result<Server, Failure> {
    let wanted = |binaries: &&Binaries| major.is_none_or(|major| binaries.major == major);
    let all = Binaries::find();
    let complete = |binaries: &&Binaries| binaries.has_library("pg_stat_statements");
    if let Some(binaries) = all.iter().filter(wanted).find(complete) {
        note(format_args!(
            "Starting PostgreSQL {} from {} …",
            binaries.major,
            binaries.folder.display()
        ));
        let server =
            LocalServer::start(binaries, &SETTINGS).map_err(|error| Failure::Demo(error.into()))?;
        return Ok(Server::Local(server));
    }
    if let Some(engine) = container::engine() {
        let major = major.unwrap_or(*crate::server::SUPPORTED.end());
        note(format_args!("Starting PostgreSQL {major} in a container …"));
        return Ok(Server::Container(
            Container::start(engine, major, &SETTINGS).map_err(Failure::Demo)?,
        ));
    }
    let which = major.map(|major| format!(" {major}")).unwrap_or_default();
    Err(Failure::Demo(anyhow!(
        "the demo found neither server binaries of PostgreSQL{which} with their contrib libraries nor a Docker engine; on Debian and Ubuntu, `apt install postgresql` brings the first, elsewhere see the README"
    )))
}

async fn audit(
    server: &Server,
    catalog: &Catalog,
    checks: &[&Check],
    until: Instant,
) -> Result<Snapshot, Failure> {
    note("Planting problems and a little work …");
    let failed = |error: anyhow::Error| {
        Failure::Demo(error.context("the demo could not plant its problems"))
    };
    let idle = plant(server, until).await.map_err(failed)?;
    note("Auditing …\n");
    let options = Options {
        limits: Limits {
            statement: Duration::from_secs(5),
            lock: Duration::from_millis(200),
            budget: None,
        },
        schemas: Schemas::default(),
        deadline: until,
    };
    let settings = server.settings(DATABASE);
    let mut snapshot = collect::collect(
        &settings,
        catalog,
        checks,
        &options,
        &mut Stop::on_deadline(),
        &|_| (),
    )
    .await?;
    // What it cost is of no interest here.
    snapshot.costs.clear();
    for (fact, days) in PRETENDED {
        snapshot
            .facts
            .insert(fact.to_owned(), Value::Float(days * 86_400.0));
        snapshot.injected.push(format!("{fact} = {days} days"));
    }
    drop(idle);
    Ok(snapshot)
}

/// Makes the database and does the work. The connections that it gives back keep sitting there.
async fn plant(server: &Server, until: Instant) -> anyhow::Result<Vec<Connection>> {
    let open = |dbname: &str| {
        let settings = server.settings(dbname);
        async move { Ok::<_, anyhow::Error>(Connection::open(&settings, until).await?) }
    };
    let maintenance = open("postgres").await?;
    maintenance
        .client
        .batch_execute(&format!("CREATE DATABASE {DATABASE}"))
        .await?;
    maintenance.close().await;

    // Each batch in a session of its own: its counters are then told before the next begins.
    for batch in include_str!("demo/plant.sql")
        .split("\n-- then\n")
        .chain([include_str!("demo/work.sql")])
    {
        let session = open(DATABASE).await?;
        session.client.batch_execute(batch).await?;
        session.close().await;
    }

    let idle = try_join_all((0..IDLE).map(|_| open(DATABASE))).await?;
    // Slow statements at once on all sessions: a hundred calls take a second, not ten.
    let calls = idle.iter().take(25).map(|connection| async {
        for id in 1..=60_i64 {
            let by_key = "SELECT name FROM shop.customers WHERE id = $1";
            let id = &[(&id as _, tokio_postgres::types::Type::INT8)];
            connection.client.query_typed(by_key, id).await?;
        }
        for _ in 0..4 {
            connection
                .client
                .query_typed(
                    "SELECT * FROM stock_report($1)",
                    &[(&7_i64, tokio_postgres::types::Type::INT8)],
                )
                .await?;
        }
        Ok::<_, tokio_postgres::Error>(())
    });
    try_join_all(calls).await?;
    settle(&idle[0]).await?;
    Ok(idle)
}

/// Waits until the counters of the sessions that ended can be read: a second later on 13 and 14.
async fn settle(connection: &Connection) -> anyhow::Result<()> {
    let count = "SELECT coalesce(sum(n_dead_tup), 0)::int8 FROM pg_stat_user_tables";
    for _ in 0..50 {
        let rows = connection.client.query_typed(count, &[]).await?;
        if rows
            .first()
            .is_some_and(|row| row.get::<_, i64>(0) > 100_000)
        {
            return Ok(());
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

impl Host {
    /// The loopback address, where a container publishes its port.
    fn loopback() -> Self {
        Self::Tcp {
            name: String::from("127.0.0.1"),
            address: None,
        }
    }
}
