//! The files of the repository: what stands at its top, and that library, fixtures and snapshots mirror each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::fixture::{Expects, Fixture};
use crate::{CATALOG, none_of, root};

/// DECISIONS 58. Whoever opens the repository sees this and nothing else.
const TOP: [&str; 15] = [
    ".ci",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches",
    "build.rs",
    "queries",
    "rubric.yaml",
    "src",
    "tests",
];

#[test]
fn the_top_level_holds_what_was_decided_and_nothing_else() {
    let found = tracked().unwrap_or_else(listed);
    let wanted = BTreeSet::from(TOP.map(String::from));
    let missing = wanted
        .difference(&found)
        .map(|name| format!("missing: {name}"));
    let extra = found
        .difference(&wanted)
        .map(|name| format!("too much: {name}"));
    none_of(&missing.chain(extra).collect::<Vec<_>>(), "top level");
}

/// What git knows: what a build or an editor leaves behind is not part of the repository.
fn tracked() -> Option<BTreeSet<String>> {
    let git = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root())
        .output()
        .ok()?;
    let files = String::from_utf8(git.stdout).ok()?;
    let top = |file: &str| file.split('/').next().unwrap_or_default().to_owned();
    let names: BTreeSet<_> = files.split_terminator('\0').map(top).collect();
    (git.status.success() && !names.is_empty()).then_some(names)
}

fn listed() -> BTreeSet<String> {
    let names = fs::read_dir(root()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| ![".git", "target"].contains(&name.as_str()))
        .collect()
}

/// Paths of all files below a folder, relative to it.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(folder).unwrap();
                found.insert(path.to_string_lossy().into_owned());
            }
        }
    }
    found
}

#[test]
fn the_library_holds_checks_and_their_reference_alone() {
    let known: BTreeSet<_> = CATALOG
        .entries()
        .flat_map(|entry| {
            let variants = entry.variants.iter().map(|variant| &variant.file);
            variants.chain([&entry.file])
        })
        .map(|file| file.trim_start_matches("queries/").to_owned())
        .chain([String::from("README.md")])
        .collect();
    let found = files(&root().join("queries"));
    let extra: Vec<_> = found.difference(&known).cloned().collect();
    none_of(&extra, "files below queries/ that nothing reads");
}

#[test]
fn every_check_has_a_fixture_and_every_fixture_a_check() {
    let found = files(&root().join("tests/checks"));
    let wanted: BTreeSet<_> = CATALOG
        .checks()
        .map(|check| format!("{}.sql", check.id))
        .collect();
    let missing = wanted
        .difference(&found)
        .map(|path| format!("write tests/checks/{path}"));
    let extra = found
        .difference(&wanted)
        .map(|path| format!("no check for tests/checks/{path}"));
    none_of(&missing.chain(extra).collect::<Vec<_>>(), "fixtures");
}

fn fixtures() -> impl Iterator<Item = (String, Fixture)> {
    CATALOG.checks().filter_map(|check| {
        let path = root().join(format!("tests/checks/{}.sql", check.id));
        // That one is missing is told by another test.
        let fixture = path.exists().then(|| Fixture::read(&path))?;
        Some((
            check.id.to_string(),
            fixture.unwrap_or_else(|error| panic!("{error}")),
        ))
    })
}

#[test]
fn no_snapshot_of_a_check_is_left_without_its_section() {
    let mut known = BTreeSet::new();
    for (id, fixture) in fixtures() {
        let shown = fixture.sections.iter().filter(|section| {
            matches!(
                section.expects,
                Expects::Bad(_) | Expects::Shows | Expects::Unknown
            )
        });
        for number in 1..=shown.count() {
            known.insert(format!("{}__{number}.snap", id.replace('/', "__")));
        }
    }
    let found = files(&root().join("tests/snapshots/checks"));
    let orphans: Vec<_> = found
        .difference(&known)
        .filter(|name| !name.ends_with(".snap.new"))
        .map(|name| format!("tests/snapshots/checks/{name}"))
        .collect();
    none_of(&orphans, "remove these, nothing writes them any more");
}

/// What no server can be brought to show stays a short list that a review sees.
#[test]
fn what_is_not_tested_is_listed_with_its_reason() {
    let reasons: Vec<_> = fixtures()
        .filter_map(|(id, fixture)| Some(format!("{id}: {}", fixture.untestable?)))
        .collect();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/catalog");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_json_snapshot!("untestable", reasons));
}
