//! The built program, and the saved snapshots that it reads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// All that lie in `tests/data/`.
pub(crate) const DATA: [&str; 4] = ["healthy.json", "sick.json", "partial.json", "empty.json"];

pub(crate) struct Output {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

/// The program beside the saved snapshots, 80 columns wide, with nothing else from the environment.
pub(crate) fn command(line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgaudit"));
    command
        .args(line.split_whitespace())
        .current_dir(data(""))
        .env_clear()
        .envs([("LANG", "C.UTF-8"), ("COLUMNS", "80")])
        .stdin(Stdio::null());
    command
}

pub(crate) fn output(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("panicked"), "{command:?}: {stderr}");
    Output {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr,
        code: output.status.code().unwrap(),
    }
}

pub(crate) fn run(line: &str) -> Output {
    output(&mut command(line))
}

/// The command line of a score by the rubric of these tests.
pub(crate) fn scoring(file: &str, options: &str) -> String {
    format!("score --rubric rubric.yaml --from {file} {options}")
}

pub(crate) fn score(file: &str, options: &str) -> Output {
    run(&scoring(file, options))
}

/// The score as a document.
pub(crate) fn scored(file: &str) -> Value {
    serde_json::from_str(&score(file, "--format json").stdout).unwrap()
}

pub(crate) fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(file)
}

pub(crate) fn saved(file: &str) -> String {
    fs::read_to_string(data(file)).unwrap()
}

/// A file in a folder that goes when the first value does.
pub(crate) fn written(name: &str, text: &[u8]) -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path.to_str().unwrap().to_owned())
}

/// A saved snapshot with something else in it.
pub(crate) fn edited(file: &str, edit: impl FnOnce(&mut Value)) -> (TempDir, String) {
    let mut snapshot = serde_json::from_str(&saved(file)).unwrap();
    edit(&mut snapshot);
    written(file, snapshot.to_string().as_bytes())
}

/// Takes away what those checks saw that the name begins with.
pub(crate) fn blind(snapshot: &mut Value, checks: &str) {
    let skipped = json!({ "outcome": { "is": "skipped", "reason": "the role may not see it" } });
    let all = snapshot["checks"].as_object_mut().unwrap();
    let of_these = all.iter_mut().filter(|(id, _)| id.starts_with(checks));
    of_these.for_each(|(_, answer)| *answer = skipped.clone());
}

/// Compares with `tests/snapshots/cli/`, whatever the version of the program.
pub(crate) fn assert_shown(name: &str, text: &str) {
    let version = concat!("\"pgaudit\": \"", env!("CARGO_PKG_VERSION"), "\"");
    let text = text.replace(version, "\"pgaudit\": \"[version]\"");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/cli");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
