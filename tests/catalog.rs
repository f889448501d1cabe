//! Library, rubric, documents and repository agree with each other. No server is needed.
//!
//! `BLESS=1 cargo test --test catalog` writes what is generated: `queries/README.md` and the marked blocks of `README.md`.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "catalog/documents.rs"]
mod documents;
#[path = "support/fixture.rs"]
mod fixture;
#[path = "catalog/functions.rs"]
mod functions;
#[path = "catalog/generated.rs"]
mod generated;
#[path = "catalog/headers.rs"]
mod headers;
#[path = "catalog/library.rs"]
mod library;
#[path = "catalog/nulls.rs"]
mod nulls;
#[path = "catalog/profiles.rs"]
mod profiles;
#[path = "catalog/reviewed.rs"]
mod reviewed;
#[path = "catalog/rubrics.rs"]
mod rubrics;
#[path = "catalog/scope.rs"]
mod scope;
#[path = "catalog/sql.rs"]
mod sql;
#[path = "catalog/statements.rs"]
mod statements;
#[path = "catalog/tree.rs"]
mod tree;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use pgaudit::catalog::Catalog;
use pgaudit::rubric::Rubric;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::bundled().unwrap());
static RUBRIC: LazyLock<Rubric> = LazyLock::new(|| Rubric::bundled(&CATALOG).unwrap());

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fails with all that is wrong at once: nobody likes to be told one thing a run.
#[track_caller]
fn none_of(wrong: &[String], why: &str) {
    assert!(wrong.is_empty(), "{why}:\n  {}\n", wrong.join("\n  "));
}

/// A folder of checks, laid out like `queries/`.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}
