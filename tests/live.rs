//! The built program against real servers: what it promises beyond its single checks.
//!
//! `cargo test --test live locks` runs the trials about locks, `… 'on 13'` those of one major.
//! With `PGAUDIT_TEST_BACKEND=containers` (or `url`) only the smoke set runs: the rest needs to
//! reach into the servers, and speaks about nothing that a container changes.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "live/bloat.rs"]
mod bloat;
#[path = "live/broken.rs"]
mod broken;
#[path = "live/certificates.rs"]
mod certificates;
#[path = "live/costs.rs"]
mod costs;
#[path = "live/counters.rs"]
mod counters;
#[path = "live/demo.rs"]
mod demo;
#[path = "live/envelope.rs"]
mod envelope;
#[path = "live/failures.rs"]
mod failures;
#[path = "live/findings.rs"]
mod findings;
#[path = "live/golden.rs"]
mod golden;
#[path = "live/hostile.rs"]
mod hostile;
#[path = "live/link.rs"]
mod link;
#[path = "live/locks.rs"]
mod locks;
#[path = "live/log.rs"]
mod log;
#[path = "live/names.rs"]
mod names;
#[path = "live/place.rs"]
mod place;
#[path = "live/poolers.rs"]
mod poolers;
#[path = "live/privilege.rs"]
mod privilege;
#[path = "live/program.rs"]
mod program;
#[path = "support/random_bloat.rs"]
mod random_bloat;
#[path = "live/reach.rs"]
mod reach;
#[path = "live/roles.rs"]
mod roles;
#[path = "live/schemas.rs"]
mod schemas;
#[path = "live/secrets.rs"]
mod secrets;
#[path = "support/server.rs"]
mod server;
#[path = "support/session.rs"]
mod session;
#[path = "live/settings.rs"]
mod settings;
#[path = "live/several.rs"]
mod several;
#[path = "live/smoke.rs"]
mod smoke;
#[path = "live/standby.rs"]
mod standby;
#[path = "live/statements.rs"]
mod statements;
#[path = "live/stops.rs"]
mod stops;
#[path = "live/tls.rs"]
mod tls;

use std::env;

use libtest_mimic::{Arguments, Trial};
use server::{Pool, majors, oldest_and_newest};

static POOL: Pool = Pool::new();

/// What a trial promises, and how it is tried on one major.
type Promise = (&'static str, fn(u32));

/// What has to hold on every major.
const EVERY: &[&[Promise]] = &[
    broken::TRIALS,
    counters::TRIALS,
    demo::TRIALS,
    envelope::TRIALS,
    failures::TRIALS,
    findings::TRIALS,
    golden::TRIALS,
    hostile::TRIALS,
    locks::TRIALS,
    log::TRIALS,
    names::TRIALS,
    privilege::TRIALS,
    roles::TRIALS,
    schemas::TRIALS,
    statements::TRIALS,
    stops::TRIALS,
];

/// What the oldest and the newest major tell as well as all of them.
const ENDS: &[&[Promise]] = &[
    bloat::TRIALS,
    costs::ENDS,
    demo::ENDS,
    golden::ENDS,
    link::ENDS,
    poolers::ENDS,
    secrets::ENDS,
    settings::ENDS,
    several::TRIALS,
    standby::ENDS,
    stops::ENDS,
    tls::ENDS,
];

/// What no server has a part in.
const ONCE: &[&[Promise]] = &[envelope::ONCE, failures::ONCE];

fn main() {
    let mut arguments = Arguments::from_args();
    // Most of a trial's time is spent waiting for the server.
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let mut trials = Vec::new();
    if !arguments.ignored {
        let majors = majors();
        println!("PostgreSQL {majors:?}");
        let whole: Vec<_> = majors.iter().copied().filter(|m| reachable(*m)).collect();
        let ends = oldest_and_newest();
        let ends: Vec<_> = whole.iter().copied().filter(|m| ends.contains(m)).collect();
        let newest: Vec<_> = whole.iter().copied().max().into_iter().collect();
        let smoke: Vec<_> = majors.into_iter().filter(|m| !reachable(*m)).collect();
        add(&mut trials, EVERY, &whole);
        add(&mut trials, ENDS, &ends);
        add(&mut trials, ONCE, &newest);
        add(&mut trials, &[smoke::TRIALS], &smoke);
        if forced().is_some_and(|backend| backend == "containers") {
            add(&mut trials, &[smoke::CONTAINERS], &smoke);
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    POOL.clear();
    conclusion.exit();
}

fn add(trials: &mut Vec<Trial>, promises: &[&[Promise]], majors: &[u32]) {
    for &major in majors {
        for &(promise, tried) in promises.iter().copied().flatten() {
            trials.push(Trial::test(format!("{promise} on {major}"), move || {
                tried(major);
                Ok(())
            }));
        }
    }
}

fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn forced() -> Option<String> {
    set("PGAUDIT_TEST_BACKEND")
}

/// Whether the servers of a major are processes of ours, with logs and settings that can be changed.
fn reachable(major: u32) -> bool {
    forced().is_none_or(|backend| backend == "binaries")
        && set(&format!("PGAUDIT_TEST_URL_{major}")).is_none()
        && server::binaries(major).is_some()
}
