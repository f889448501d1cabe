//! Files that are not what they should be: named, with the place where it can be known, and never a panic.

use std::io::Write as _;
use std::process::Stdio;

use crate::program::{assert_shown, command, edited, output, run, saved, score, scoring, written};

/// A part of the rubric, and what makes it wrong.
const BROKEN: [(&str, &str); 11] = [
    ("  Solid: 60", "  Solid: 60\n  Solid: 70"),
    ("dimensions:", "dimensons:"),
    ("curve: [[0, 10], [5 %", "curv: [[0, 10], [5 %"),
    ("[5 %, 8], [20 %, 4]", "[20 %, 4], [5 %, 8]"),
    ("  tables/dead_rows:", "  tables/dead_row:"),
    ("warning: { size:", "warning: { siz:"),
    ("size: \">= 1 MB\"", "size: \">= 1 apple\""),
    ("population.index_bytes", "population.index_byte"),
    ("[queries/hit_ratio,", "[queries/hit_ratios,"),
    ("bands:", "bands: ["),
    ("min_counter_age: 7 days", "extends: defaults"),
];

#[test]
fn a_broken_rubric_is_told_with_its_place() {
    assert_eq!(
        run("rubric check rubric.yaml").stdout,
        "rubric.yaml: good\n"
    );
    let good = saved("rubric.yaml");
    let mut told = String::new();
    for (part, wrong) in BROKEN {
        assert!(good.contains(part), "{part}");
        let (folder, _) = written("broken.yaml", good.replacen(part, wrong, 1).as_bytes());
        let checked = output(command("rubric check broken.yaml").current_dir(folder.path()));
        assert_eq!((checked.code, checked.stdout.as_str()), (2, ""), "{wrong}");
        let mut place = checked.stderr.splitn(5, ':').skip(1);
        assert_eq!(place.next(), Some(" broken.yaml"));
        assert!(
            place.next().unwrap().parse::<u32>().is_ok(),
            "{}",
            checked.stderr
        );
        assert!(
            place.next().unwrap().parse::<u32>().is_ok(),
            "{}",
            checked.stderr
        );
        told += &checked.stderr;
    }
    assert_shown("rubric_errors", &told);
}

#[test]
fn a_rubric_that_cannot_be_read_is_named() {
    let (folder, _) = written("binary.yaml", b"bands: \xff");
    for (file, reason) in [
        ("binary.yaml", "stream did not contain valid UTF-8"),
        ("none.yaml", "No such file or directory"),
        (".", "Is a directory"),
    ] {
        let line = format!("score --rubric {file}");
        let refused = output(command(&line).current_dir(folder.path()));
        let told = format!("pgaudit: cannot read the rubric {file}: {reason}");
        assert!(refused.stderr.starts_with(&told), "{}", refused.stderr);
        assert_eq!(refused.code, 2);
    }
}

#[test]
fn a_file_that_is_no_snapshot_is_named() {
    let good = saved("healthy.json");
    let newer = good.replacen("\"format\": 1", "\"format\": 7", 1);
    let renamed = good.replacen("\"target\"", "\"tarket\"", 1);
    let (_folder, nonsense) = edited("healthy.json", |snapshot| {
        snapshot["checks"]["connections/usage"]["outcome"]["rows"][0]["values"]["used"] =
            serde_json::json!("few");
    });
    let nonsense = std::fs::read(nonsense).unwrap();
    for (text, reason) in [
        (&b""[..], "not a snapshot of pgaudit (EOF"),
        (b"CREATE TABLE t ();", "not a snapshot of pgaudit"),
        (b"{}", "missing field `format`"),
        (b"[1, 2]", "not a snapshot of pgaudit"),
        (b"\xff\xfe", "valid UTF-8"),
        (&good.as_bytes()[..good.len() / 2], "(EOF while parsing"),
        (newer.as_bytes(), "a snapshot of format 7, which"),
        (renamed.as_bytes(), "unknown field `tarket`"),
        (&nonsense, "`used` is few, where count belongs"),
    ] {
        let (_folder, file) = written("saved.json", text);
        for report in ["score", "check", "tables", "explain score"] {
            let refused = run(&format!("{report} --from {file}"));
            assert_eq!(
                (refused.code, refused.stdout.as_str()),
                (2, ""),
                "{report} {reason}"
            );
            for part in [&file, reason] {
                assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
            }
        }
    }
}

#[test]
fn a_snapshot_is_read_from_standard_input() {
    let mut reading = command(&scoring("-", ""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = reading.stdin.take().unwrap();
    input.write_all(saved("sick.json").as_bytes()).unwrap();
    drop(input);
    let printed = reading.wait_with_output().unwrap().stdout;
    assert_eq!(printed, score("sick.json", "").stdout.as_bytes());
}
