//! How the program ends.

use serde_json::json;

use crate::program::{blind, edited, run, score, scored};

/// Exit code, snapshot, gates and what is told, in words that do not depend on where a line ends.
const ENDS: &str = "
0 | healthy |
0 | sick    |
0 | partial |
0 | healthy | --fail-under 90
1 | healthy | --fail-under 90.1                      | score 90.0 is below 90.1, which no database can reach
1 | partial | --fail-under 50                        | score 28.0 is below 50: the low end of the range counts
0 | healthy | --fail-on info --require-complete
1 | sick    | --fail-on critical                     | 3 findings of severity critical or worse
4 | partial | --fail-on critical                     | may hide in what was not assessed: cache/hit_ratio
4 | partial | --fail-on info                         | findings of severity info may hide
0 | healthy | --min-coverage 90%
4 | healthy | --min-coverage 91                      | coverage 90 % is below 91 %
4 | healthy | --min-coverage 91 --fail-under 10      | coverage 90 % is below 91 %
1 | sick    | --min-coverage 100 --fail-on warning   | coverage 90 % is below 100 %
4 | partial | --require-complete                     | 5 not assessed, and --require-complete was given
4 | empty   |                                        | nothing to assess in database fresh
4 | empty   | --fail-under 0                         | did the migrations run here?
2 | healthy | --fail-under 101                       | a number from 0 to 100 is expected
2 | healthy | --fail-on error                        | info, warning or critical is expected
2 | healthy | --profile heath                        | there is no profile `heath`, did you mean `health`?
2 | healthy | --format jsn                           | a similar value exists: 'json'
2 | none    |                                        | cannot read the snapshot none.json
";

#[test]
fn the_exit_code_says_how_it_came_out() {
    for line in ENDS.trim().lines() {
        let mut cells = line.splitn(4, '|').map(str::trim);
        let mut cell = || cells.next().unwrap_or_default();
        let (code, name, gates, reason) = (cell(), cell(), cell(), cell());
        let ended = score(&format!("{name}.json"), gates);
        let words = [&*ended.stdout, &*ended.stderr].concat();
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(ended.code.to_string(), code, "{line}: {words}");
        assert!(words.contains(reason), "{line}: {words}");
        let gate = name != "empty" && ["1", "4"].contains(&code);
        assert_eq!(ended.stdout.contains("Gate: "), gate, "{line}: {words}");
    }
    for line in [
        "",
        "scor",
        "check tables/larges --from sick.json",
        "explain x",
        "sql x",
    ] {
        let ended = run(line);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{line}");
    }
}

#[test]
fn an_audit_that_was_cut_short_never_passes() {
    for (by, code) in [
        ("deadline", 4),
        ("lost", 4),
        ("interrupt", 130),
        ("terminate", 143),
    ] {
        let (_folder, file) = edited("healthy.json", |snapshot| snapshot["stopped"] = json!(by));
        assert_eq!(score(&file, "--fail-under 10").code, code, "{by}");
        assert_eq!(run(&format!("check --from {file}")).code, code, "{by}");
    }
    let (_folder, silent) = edited("healthy.json", |snapshot| {
        snapshot["stopped"] = json!("deadline");
        blind(snapshot, "");
    });
    assert_eq!(score(&silent, "").code, 3, "not a single answer");
}

#[test]
fn a_gate_compares_the_low_end_that_is_printed() {
    for file in ["healthy.json", "sick.json", "partial.json"] {
        let score_of = &scored(file)["score"];
        let low = score_of["low"].as_f64().unwrap();
        assert!(
            score_of["total"].as_f64().unwrap() > low,
            "{file} leaves a range"
        );
        let text = score(file, "").stdout;
        assert!(text.contains(&format!(" {low:.1}–")), "{text}");
        let gate = |limit: f64| score(file, &format!("--fail-under {limit:.2}")).code;
        assert_eq!((gate(low), gate(low + 0.01)), (0, 1), "{file}");
    }
}

#[test]
fn what_a_role_cannot_see_never_helps_a_gate() {
    for file in ["healthy.json", "sick.json"] {
        let full = scored(file);
        let dimensions = full["dimensions"].as_array().unwrap().iter();
        let criteria = dimensions.flat_map(|dimension| dimension["criteria"].as_array().unwrap());
        for check in criteria.map(|criterion| criterion["check"].as_str().unwrap()) {
            let (_folder, file) = edited(file, |snapshot| blind(snapshot, check));
            let part = scored(&file);
            for figure in ["low", "coverage"] {
                let of = |report: &serde_json::Value| report["score"][figure].as_f64().unwrap();
                assert!(of(&part) <= of(&full), "{figure} of {file} without {check}");
            }
            for gate in ["--fail-under 90", "--fail-on warning", "--require-complete"] {
                assert_ne!(score(&file, gate).code, 0, "{file} without {check}: {gate}");
            }
        }
    }
}

#[test]
fn a_cap_that_nobody_could_see_still_holds_for_the_low_end() {
    let (_folder, seen) = edited("healthy.json", |snapshot| {
        let rows = &mut snapshot["checks"]["connections/usage"]["outcome"]["rows"];
        rows[0]["values"]["active_share"] = serde_json::json!(0.95);
    });
    assert_eq!(score(&seen, "--fail-under 60").code, 1);
    let (_folder, blind) = edited("healthy.json", |snapshot| {
        blind(snapshot, "connections/usage");
    });
    assert_eq!(score(&blind, "--fail-under 60").code, 1);
}

#[test]
fn too_little_sight_gives_no_score_and_no_gate() {
    let (_folder, file) = edited("healthy.json", |snapshot| {
        for area in ["cache", "connections", "indexes", "statements"] {
            blind(snapshot, area);
        }
    });
    let blinded = score(&file, "--fail-under 1");
    assert_eq!(blinded.code, 4);
    let told = "Score   none: coverage 11.4 % is below 20 %";
    assert!(blinded.stdout.contains(told), "{}", blinded.stdout);
}
