//! The small set for servers that are not ours to reach into: containers, or whatever a URL names.

use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use pgaudit::connect::settings::Settings;

use crate::Promise;
use crate::demo::shows_each_area;
use crate::place::{Database, plant_problems};
use crate::program::{Program, Score, aged, collected, pgaudit, tables, text, told};
use crate::server::{MONITOR, PLAIN};

pub(crate) const TRIALS: &[Promise] = &[
    ("smoke: it connects, and sees something of each area", areas),
    ("smoke: a role that may see less is told so", roles),
];

/// What needs a Docker engine and nothing else.
pub(crate) const CONTAINERS: &[Promise] = &[
    ("smoke: a wrong password is told as such", password),
    ("smoke: the demo runs in a container and leaves none", demo),
];

fn areas(major: u32) {
    let database = Database::new(major, "smoke_areas");
    plant_problems(&database);
    for command in ["score", "check"] {
        pgaudit([command]).on(&database.settings()).run().exits(0);
    }
    let report = Score(told(&aged(collected(&database.settings())), "score"));
    let found = report.fingerprints();
    for planted in [
        "indexes/unused public.items_note",
        "tables/dead_rows public.items",
    ] {
        assert!(found.contains(planted), "{found:?}");
    }
    assert!(
        found
            .iter()
            .any(|found| found.starts_with("statements/slowest ")),
        "{found:?}"
    );
    let tables = tables(&database.settings());
    for check in [
        "bloat/dead_rows",
        "cache/hit_ratio",
        "connections/usage",
        "indexes/largest",
    ] {
        assert_eq!(tables.state(check)[0], "measured", "{check}");
    }
}

fn roles(major: u32) {
    let database = Database::new(major, "smoke_roles");
    database.run(&["CREATE EXTENSION pg_stat_statements; CREATE TABLE t (id int)"]);
    let doctor = |role| {
        let doctor = pgaudit(["doctor", "--format", "json"]).on(&database.settings_as(role));
        doctor.run().exits(0).json()
    };
    let sees = |doctor: &serde_json::Value| -> Vec<String> {
        let areas = doctor["areas"].as_array().unwrap().iter();
        areas.map(|area| text(area, "sees").to_owned()).collect()
    };
    let (monitor, plain) = (doctor(MONITOR), doctor(PLAIN));
    assert!(
        sees(&monitor).iter().all(|sees| sees == "all"),
        "{monitor:#}"
    );
    assert!(sees(&plain).iter().any(|sees| sees != "all"), "{plain:#}");
    pgaudit(["doctor"])
        .on(&database.settings_as(PLAIN))
        .run()
        .says(&format!("GRANT pg_monitor TO {PLAIN};"));
}

fn password(major: u32) {
    let database = Database::new(major, "smoke_password");
    let wrong = Settings {
        password: Some(String::from("wrong")),
        ..database.settings()
    };
    let run = pgaudit(["score"]).on(&wrong).run().exits(3);
    assert!(run.err.contains("password authentication failed"), "{run}");
    assert!(!run.err.contains("wrong"), "{run}");
}

/// As on a machine that has an engine, but no PostgreSQL.
fn program(major: u32) -> Program {
    pgaudit(["demo", "--format", "json", "--server-version"])
        .args([major.to_string()])
        .env("PGAUDIT_POSTGRES_SYSTEM", "no")
        .env("PGAUDIT_POSTGRES_CACHE", "/nonexistent")
}

fn demo(major: u32) {
    let ended = program(major).run().exits(0);
    let start = format!("Starting PostgreSQL {major} in a container");
    assert!(ended.err.contains(&start), "{ended}");
    assert_eq!(containers(major), Vec::<String>::new());
    shows_each_area(major, &Score(ended.json()));

    let running = program(major).start();
    let until = Instant::now() + Duration::from_secs(20);
    while containers(major).is_empty() {
        assert!(Instant::now() < until, "no container");
        sleep(Duration::from_millis(50));
    }
    running.signal(Signal::SIGINT);
    let ended = running.wait().exits(130);
    assert!(ended.err.ends_with("pgaudit: interrupted\n"), "{ended}");
    assert_eq!(containers(major), Vec::<String>::new());
}

/// The containers of a demo on this major, running or not.
fn containers(major: u32) -> Vec<String> {
    let format = "{{.ID}} {{.Image}} {{.Command}}";
    let listed = Command::new("docker")
        .args(["ps", "--all", "--no-trunc", "--format", format])
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let image = format!(" postgres:{major} ");
    // What only the demo sets.
    let ours = |line: &&str| line.contains(&image) && line.contains("synchronize_seqscans");
    listed.lines().filter(ours).map(str::to_owned).collect()
}
