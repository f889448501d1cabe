//! Where a report goes, and what happens where it cannot go.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;

use crate::program::{command, score};

#[test]
fn a_report_goes_to_each_place_in_its_format() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (json, text) = (path("report.json"), path("report.txt"));
    let (ending, page) = (path("ending.json"), path("page.md"));
    let both = format!("--color always -o json={json} -o - -o {text} -o {ending} -o {page}");
    let printed = score("sick.json", &both);
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    let coloured = score("sick.json", "--color always");
    assert_eq!(printed.stdout, coloured.stdout);
    let read = |path: &str| fs::read_to_string(path).unwrap();
    assert_eq!(read(&json), score("sick.json", "--format json").stdout);
    assert_eq!(read(&ending), read(&json), "the ending tells the format");
    assert_eq!(read(&page), score("sick.json", "--format markdown").stdout);
    assert_eq!(
        read(&text),
        score("sick.json", "").stdout,
        "a file has no colour"
    );
}

#[test]
fn a_place_that_cannot_be_written_is_named_and_holds_up_no_other() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path().to_str().unwrap();
    let kept = format!("{folder}/kept.json");
    for (place, told) in [
        (
            format!("markdown={folder}/none/lost.md"),
            format!("cannot write {folder}/none/lost.md: No such file or directory (os error 2)\n"),
        ),
        (
            String::from(folder),
            format!("cannot write {folder}: Is a directory"),
        ),
    ] {
        let lost = score("sick.json", &format!("-o {place} -o json={kept}"));
        assert!(lost.stderr.contains(&told), "{}", lost.stderr);
        assert_eq!(lost.code, 2);
        assert!(Path::new(&kept).exists());
        fs::remove_file(&kept).unwrap();
    }
    for (place, told) in [
        ("json=", "a path is expected"),
        (
            "json",
            "`--format json` prints it, `-o json=PATH` writes it",
        ),
    ] {
        let refused = score("sick.json", &format!("-o {place}"));
        assert!(refused.stderr.contains(told), "{}", refused.stderr);
        assert_eq!(refused.code, 2);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error_and_hides_no_gate() {
    for (line, code) in [
        ("score --from sick.json", 0),
        ("score --from sick.json --fail-under 90", 1),
        ("check --from sick.json --format json", 0),
        ("list", 0),
        ("man", 0),
    ] {
        let (reader, gone) = std::io::pipe().unwrap();
        drop(reader);
        let mut ended = command(line);
        let ended = ended.stdout(gone).stderr(Stdio::piped()).spawn().unwrap();
        let ended = ended.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{line}");
        assert_eq!(ended.status.code(), Some(code), "{line}");
    }
}

#[test]
fn a_full_disk_is_told() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut listing = command("list");
    let ended = listing.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = String::new();
    let mut ended = ended;
    ended
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert!(
        told.starts_with("pgaudit: cannot write standard output: No space left"),
        "{told}"
    );
    assert_eq!(ended.wait().unwrap().code(), Some(2));
}
