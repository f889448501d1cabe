//! `score` for more than one database: all of a server, or those of a file.

use std::path::Path;

use anyhow::Context as _;

use crate::check::{Check, Scope};
use crate::cli::{self, Connect};
use crate::collect;
use crate::commands::{App, Failure, audit_at, on_server, with_password};
use crate::connect::settings::Settings;
use crate::gate::{Exit, decide};
use crate::output::note;
use crate::overview::{Audited, Overview};
use crate::render;
use crate::report::assess;
use crate::rubric::{Profile, Rubric};
use crate::snapshot::Snapshot;

/// A database and what an audit of it gave.
struct Taken {
    database: String,
    target: String,
    snapshot: Result<Snapshot, Failure>,
}

impl App {
    pub(super) fn scores(
        &self,
        args: cli::Score,
        rubric: &Rubric,
        profile: &Profile,
        checks: &[&Check],
    ) -> Result<Exit, Failure> {
        let mut connect = args.source.connect.with(args.dsn);
        let named = |variable| std::env::var_os(variable).is_some();
        if args.several.all_databases && !named("PGDATABASE") && !named("PGSERVICE") {
            // As vacuumdb --all: the one that is there whatever the role is called.
            connect
                .dbname
                .get_or_insert_with(|| String::from("postgres"));
        }
        let targets = match &args.several.targets {
            Some(file) => targets(file, &connect)?,
            None => vec![connect],
        };
        let mut taken = Vec::new();
        for connect in &targets {
            let ended = if args.several.all_databases {
                self.all_databases(connect, checks, &mut taken)
            } else {
                self.one(connect, checks, &mut taken)
            };
            // Whoever interrupts one audit wants none of the others.
            if ended.is_some() {
                break;
            }
        }
        let gate = args.gates.gate();
        let applied = |snapshot| args.timings.applied(snapshot);
        let taken: Vec<_> = taken
            .into_iter()
            .map(|taken| Taken {
                snapshot: taken.snapshot.map(applied),
                ..taken
            })
            .collect();
        let audits = taken.iter().map(|taken| Audited {
            database: taken.database.clone(),
            target: taken.target.clone(),
            report: match &taken.snapshot {
                Ok(snapshot) => {
                    let report = assess(snapshot, &self.catalog, rubric, profile);
                    let verdict = decide(&report, &gate);
                    Ok((report, verdict))
                }
                Err(failure) => Err((failure.to_string(), failure.exit())),
            },
        });
        let overview = Overview {
            audits: audits.collect(),
        };
        self.deliver(&args.output, |format, style| {
            render::scores(&overview, format, style)
        })?;
        if !args.output.to_standard_output() {
            for audited in &overview.audits {
                let reasons = match &audited.report {
                    Ok((_, verdict)) => verdict.reasons.as_slice(),
                    Err((reason, _)) => std::slice::from_ref(reason),
                };
                for reason in reasons {
                    let database = render::escape::visible(&audited.database);
                    note(format_args!(
                        "pgaudit: {database}: {}",
                        render::escape::visible(reason)
                    ));
                }
            }
        }
        Ok(overview.exit())
    }

    fn one(&self, connect: &Connect, checks: &[&Check], taken: &mut Vec<Taken>) -> Option<Exit> {
        let (place, snapshot) = placed(connect, |settings| {
            audit_at(settings, connect, &self.catalog, checks)
        });
        add(taken, place, snapshot)
    }

    /// What is the same in each database is asked in the first one.
    fn all_databases(
        &self,
        connect: &Connect,
        checks: &[&Check],
        taken: &mut Vec<Taken>,
    ) -> Option<Exit> {
        let (place, listed) = placed(connect, |settings| {
            let options = connect.options();
            let databases =
                on_server(async |stop| collect::databases(settings, &options, stop).await)??;
            Ok((settings.clone(), databases))
        });
        let (settings, databases) = match listed {
            Ok(listed) => listed,
            Err(failure) => return add(taken, place, Err(failure)),
        };
        let mut shared: Option<Snapshot> = None;
        for (database, permitted) in databases {
            let settings = Settings {
                dbname: database.clone(),
                ..settings.clone()
            };
            let mut snapshot = if permitted {
                let own = |check: &&&Check| shared.is_none() || check.scope == Scope::Database;
                let checks: Vec<_> = checks.iter().filter(own).copied().collect();
                audit_at(&settings, connect, &self.catalog, &checks)
            } else {
                let role = &settings.user;
                Err(Failure::Audit(collect::Error::Server(format!(
                    "{role} may not connect to this database; GRANT CONNECT lets it, or name the databases with --targets"
                ))))
            };
            if let (Some(shared), Ok(snapshot)) = (&shared, &mut snapshot) {
                for check in checks.iter().filter(|check| check.scope == Scope::Cluster) {
                    let answer = shared.checks.get(&check.id).cloned();
                    snapshot
                        .checks
                        .extend(answer.map(|answer| (check.id.clone(), answer)));
                }
            }
            if shared.is_none() {
                shared = snapshot.as_ref().ok().cloned();
            }
            let ended = add(taken, (database, settings.place()), snapshot);
            if ended.is_some() {
                return ended;
            }
        }
        None
    }
}

/// A database and its server; empty where the settings themselves are wrong.
type Place = (String, String);

/// As [`with_password`], and where that was.
fn placed<T>(
    connect: &Connect,
    run: impl Fn(&Settings) -> Result<T, Failure>,
) -> (Place, Result<T, Failure>) {
    let mut place = Place::default();
    let result = with_password(connect, |settings| {
        place = (settings.dbname.clone(), settings.place());
        run(settings)
    });
    (place, result)
}

/// `Some` where the run was interrupted.
fn add(
    taken: &mut Vec<Taken>,
    (database, target): Place,
    snapshot: Result<Snapshot, Failure>,
) -> Option<Exit> {
    let exit = match &snapshot {
        Ok(snapshot) => snapshot.stopped.map_or(Exit::Done, Exit::stopped),
        Err(failure) => failure.exit(),
    };
    taken.push(Taken {
        database,
        target,
        snapshot,
    });
    Some(exit).filter(|exit| matches!(exit, Exit::Interrupted | Exit::Terminated))
}

/// The lines of a file of connection strings.
fn targets(file: &Path, connect: &Connect) -> Result<Vec<Connect>, Failure> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the targets in {}", file.display()))?;
    let lines = text.lines().map(str::trim);
    let targets: Vec<_> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| connect.clone().with(Some(line.to_owned())))
        .collect();
    if targets.is_empty() {
        return Err(anyhow::anyhow!(
            "{} names no database: write a URI or a key=value string a line",
            file.display()
        )
        .into());
    }
    Ok(targets)
}
