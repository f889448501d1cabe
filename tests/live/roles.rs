//! A role that sees less knows less: its coverage and the low end of its score never rise, and a
//! gate never passes for it that a superuser fails.

use pgaudit::snapshot::Snapshot;
use serde_json::Value;

use crate::Promise;
use crate::place::{Database, plant_problems};
use crate::program::{Score, aged, collected, replay, told};
use crate::server::{MONITOR, PLAIN};

pub(crate) const TRIALS: &[Promise] = &[("losing a right never helps a gate", rights_and_gates)];

fn rights_and_gates(major: u32) {
    let database = Database::new(major, "roles");
    plant_problems(&database);
    let seen = ["postgres", MONITOR, PLAIN].map(|role| collected(&database.settings_as(role)));
    never_helps(&seen);
    let seen = seen.map(aged);
    let codes = never_helps(&seen);
    // Otherwise nothing was tried.
    assert!(codes.contains(&0) && codes.contains(&1), "{codes:?}");

    let reports = seen.each_ref().map(report);
    let [superuser, monitor, plain] = reports.each_ref().map(sight);
    let gaps = reports.each_ref().map(|report| &report.0["not_assessed"]);
    assert!((superuser - 1.0).abs() < 1e-9, "{superuser}: {:#}", gaps[0]);
    assert!(monitor >= 0.85, "{monitor}: {:#}", gaps[1]);
    assert!(
        plain < monitor,
        "a plain role sees as much as pg_monitor: {plain}"
    );
}

fn report(seen: &Snapshot) -> Score {
    Score(told(seen, "score"))
}

/// The coverage of the dimensions that have criteria.
fn sight(report: &Score) -> f64 {
    let number = |dimension: &Value, name: &str| dimension[name].as_f64().unwrap();
    let dimensions = report.0["dimensions"].as_array().unwrap().iter();
    let built = dimensions.filter(|dimension| dimension["criteria"] != Value::Array(Vec::new()));
    let (seen, all) = built.fold((0.0, 0.0), |(seen, all), dimension| {
        let weight = number(dimension, "weight");
        (seen + weight * number(dimension, "coverage"), all + weight)
    });
    seen / all
}

/// The snapshots are those of roles with ever fewer rights; the exit codes, those of the first.
fn never_helps(seen: &[Snapshot; 3]) -> Vec<i32> {
    for number in ["coverage", "low"] {
        let numbers = seen.each_ref().map(|seen| report(seen).number(number));
        assert!(
            numbers.is_sorted_by(|more, less| more >= less),
            "{number}: {numbers:?}"
        );
    }
    let under = (0..=5).map(|fifth| vec![String::from("--fail-under"), (fifth * 20).to_string()]);
    let on = ["info", "warning", "critical"];
    let on = on.map(|severity| vec![String::from("--fail-on"), severity.to_owned()]);
    let mut of_superuser = Vec::new();
    for gate in under.chain(on) {
        let mut arguments = vec!["score"];
        arguments.extend(gate.iter().map(String::as_str));
        let codes = seen
            .each_ref()
            .map(|seen| replay(seen, &arguments).code.unwrap());
        let [superuser, lesser @ ..] = codes;
        assert!(
            superuser == 0 || lesser.iter().all(|code| *code != 0),
            "{gate:?}: {codes:?}"
        );
        of_superuser.push(superuser);
    }
    of_superuser
}
