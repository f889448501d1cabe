//! What has to be asked for a selection of checks, and how the answers become a snapshot.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::check::{Check, CheckId, Kind};
use crate::collect::details::details;
use crate::collect::jobs::{Main, MainAnswer, RightsProbe, Shared, SharedAnswer, Statement};
use crate::collect::outcome::{computed, counted, failed, not_asked, refused, settle};
use crate::collect::pipeline::{Answered, Pipeline};
use crate::collect::session::{Failure, Limits, envelope};
use crate::collect::{Error, Options, Stopped};
use crate::needs::{self, Rights, Wanted};
use crate::schemas::Schemas;
use crate::server::{SUPPORTED, Server};
use crate::snapshot::{Answer, FORMAT, Outcome, Snapshot};
use crate::value::{Unit, Value};

pub(super) struct Plan<'a> {
    catalog: &'a Catalog,
    limits: Limits,
    schemas: &'a Schemas,
    facts: Vec<&'a Check>,
    /// Checks with a statement of their own.
    stated: Vec<&'a Check>,
    /// Checks that are computed from shared readings.
    computed: Vec<&'a Check>,
    /// The readings that any of those wants.
    readings: Vec<&'a Check>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(catalog: &'a Catalog, checks: &[&'a Check], options: &'a Options) -> Self {
        let (stated, computed): (Vec<_>, Vec<_>) = checks
            .iter()
            .copied()
            .partition(|check| check.from.is_empty());
        let used = |reading: &&Check| {
            let mut from = computed.iter().flat_map(|check| &check.from);
            reading.kind == Kind::Shared && from.any(|from| from == reading.id.name())
        };
        let readings = catalog.entries().filter(used).collect();
        Self {
            catalog,
            limits: options.limits,
            schemas: &options.schemas,
            facts: catalog.facts().collect(),
            stated,
            computed,
            readings,
        }
    }

    /// Asks who the server is and what may be done there, at once.
    pub(super) async fn meet(
        &self,
        pipeline: &mut Pipeline<'_>,
    ) -> Result<(Server, Rights), Error> {
        let lists = [&self.facts, &self.stated, &self.computed, &self.readings];
        let first = [
            Main::Statement(Statement::plain(self.catalog.server())),
            Main::Rights(RightsProbe::new(Wanted::by(
                lists.into_iter().flatten().copied(),
            ))),
        ];
        let mut server = Err(String::from("the server did not say who it is"));
        let mut rights = Rights::default();
        for answer in pipeline.run(&first, &envelope(self.limits, None)).await? {
            match answer {
                Some((Ok(MainAnswer::Rows(rows)), _)) => {
                    server = rows.first().map_or(server, |row| Server::new(&row.values));
                }
                Some((Ok(MainAnswer::Rights(found)), _)) => rights = found,
                Some((Ok(MainAnswer::Shared(_)), _)) => {}
                Some((Err(failure), _)) => return Err(Error::Server(refused(&failure))),
                None => {
                    return Err(Error::Stopped(
                        pipeline.stopped().unwrap_or(Stopped::Deadline),
                    ));
                }
            }
        }
        let server = server.map_err(Error::Server)?;
        if server.major() < *SUPPORTED.start() {
            let (first, last) = (SUPPORTED.start(), SUPPORTED.end());
            return Err(Error::Server(format!(
                "this is PostgreSQL {}, and pgaudit supports {first} to {last}",
                server.version
            )));
        }
        Ok((server, rights))
    }

    pub(super) async fn run(&self, pipeline: &mut Pipeline<'_>) -> Result<Snapshot, Error> {
        let (server, rights) = self.meet(pipeline).await?;
        let envelope = envelope(self.limits, Some(&server));
        let unmet = |check: &Check| needs::unmet(&check.needs, &server, &rights);

        let asked: Vec<_> = self
            .facts
            .iter()
            .chain(&self.stated)
            .filter(|check| unmet(check).is_none())
            .collect();
        let mut jobs: Vec<_> = asked
            .iter()
            .map(|check| Main::Statement(Statement::new(check, &server, self.schemas)))
            .collect();
        let readable = self.readings.iter().copied();
        let readable: Vec<_> = readable
            .filter(|reading| unmet(reading).is_none())
            .collect();
        let mut groups = Shared::groups(&readable, &self.computed, &server, self.schemas);
        // Where there is a budget, what comes last is left out first.
        groups.sort_by_key(Shared::statements);
        let groups: Vec<Vec<_>> = groups
            .into_iter()
            .map(|group| {
                let checks = group.checks.iter().map(|check| &check.id).collect();
                jobs.push(Main::Shared(group));
                checks
            })
            .collect();
        let mut answers = pipeline.run(&jobs, &envelope).await?;
        let stopped = pipeline.stopped();
        let shared = answers.split_off(asked.len());

        let mut facts = BTreeMap::new();
        let mut checks = BTreeMap::new();
        for (check, answer) in asked.into_iter().zip(answers) {
            let answer = settle(check, answer, self.limits, stopped);
            match answer.outcome {
                Outcome::Measured { rows, .. } if check.kind == Kind::Fact => {
                    let values = rows.into_iter().flat_map(|row| row.values);
                    let named = |(name, value)| (format!("{}.{name}", check.id.name()), value);
                    facts.extend(values.map(named));
                }
                _ if check.kind == Kind::Fact => {}
                _ => {
                    checks.insert(check.id.clone(), answer);
                }
            }
        }
        let unasked = self
            .stated
            .iter()
            .filter_map(|check| Some((check, unmet(check)?)));
        for (check, outcome) in unasked {
            checks.insert(check.id.clone(), Answer { outcome, ms: None });
        }
        let results = shared.into_iter().map(SharedResults::new);
        let groups = groups.into_iter().zip(results).collect();
        checks.extend(self.computed(groups, &facts, stopped, unmet));
        let all: Vec<_> = self.stated.iter().chain(&self.computed).copied().collect();
        for check in &all {
            if let (Some(fact), Some(answer)) = (&check.population, checks.get_mut(&check.id)) {
                counted(check, facts.get(fact), answer);
            }
        }

        if stopped.is_none() {
            details(
                pipeline,
                &all,
                &envelope,
                self.limits,
                &server,
                &rights,
                &mut checks,
            )
            .await?;
        }
        self.forget_oids(&mut checks);
        Ok(Snapshot {
            format: FORMAT,
            pgaudit: env!("CARGO_PKG_VERSION").to_owned(),
            target: String::new(),
            server,
            schemas: self.schemas.clone(),
            replicas: Vec::new(),
            facts,
            checks,
            stopped: pipeline.stopped(),
            injected: Vec::new(),
            costs: pipeline.costs(),
        })
    }

    /// What the computed checks make of the groups of readings that feed them.
    fn computed(
        &self,
        mut groups: Vec<(Vec<&CheckId>, SharedResults)>,
        facts: &BTreeMap<String, Value>,
        stopped: Option<Stopped>,
        unmet: impl Fn(&Check) -> Option<Outcome>,
    ) -> Vec<(CheckId, Answer)> {
        let mut answers = Vec::new();
        for check in &self.computed {
            let mut readings = self
                .readings
                .iter()
                .filter(|reading| check.from.iter().any(|from| from == reading.id.name()));
            let missing = unmet(check).or_else(|| readings.find_map(|reading| unmet(reading)));
            let answer = if let Some(outcome) = missing {
                Answer { outcome, ms: None }
            } else {
                let fed = groups.iter_mut().find(|(ids, _)| ids.contains(&&check.id));
                fed.map_or(&mut SharedResults::NotAsked, |(_, results)| results)
                    .answer(check, facts, self.limits, stopped)
            };
            answers.push((check.id.clone(), answer));
        }
        answers
    }

    /// An oid means nothing in another cluster, or after a restore.
    fn forget_oids(&self, checks: &mut BTreeMap<CheckId, Answer>) {
        for (id, answer) in checks {
            if let (Some(check), Outcome::Measured { rows, .. }) =
                (self.catalog.entry(id), &mut answer.outcome)
            {
                for row in rows {
                    row.values
                        .retain(|name, _| check.unit(name) != Some(Unit::Oid));
                }
            }
        }
    }
}

/// What became of a group of shared readings, given out to one check after the other.
enum SharedResults {
    Answered { computes: SharedAnswer, ms: f64 },
    Failed(Failure),
    NotAsked,
}

impl SharedResults {
    fn new(answer: Answered<MainAnswer>) -> Self {
        match answer {
            Some((Ok(MainAnswer::Shared(computes)), took)) => Self::Answered {
                computes,
                ms: took.as_secs_f64() * 1000.0,
            },
            Some((Err(failure), _)) => Self::Failed(failure),
            Some((Ok(_), _)) | None => Self::NotAsked,
        }
    }

    fn answer(
        &mut self,
        check: &Check,
        facts: &BTreeMap<String, Value>,
        limits: Limits,
        stopped: Option<Stopped>,
    ) -> Answer {
        match self {
            Self::Answered { computes, ms } => {
                let outcome = match computes.remove(&check.id) {
                    Some(Ok(compute)) => computed(check, compute.finish(facts)),
                    // It was we who cancelled, not the time-out of a statement.
                    Some(Err(failure)) if stopped.is_some() && failure.is_cancelled() => {
                        not_asked(stopped, limits)
                    }
                    Some(Err(failure)) => failed(&failure, limits),
                    None => not_asked(stopped, limits),
                };
                Answer {
                    outcome,
                    ms: Some(*ms),
                }
            }
            Self::Failed(failure) => Answer {
                outcome: failed(failure, limits),
                ms: None,
            },
            Self::NotAsked => Answer {
                outcome: not_asked(stopped, limits),
                ms: None,
            },
        }
    }
}
