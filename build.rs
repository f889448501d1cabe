//! Makes folders into registries: each `queries/**/*.sql` is a bundled file, each `src/compute/*.rs`
//! a function that a header may name. Nothing else has to list them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for watched in ["build.rs", "queries", "src/compute"] {
        println!("cargo:rerun-if-changed={watched}");
    }

    let queries = root.join("queries");
    let mut bundled = String::from("&[\n");
    for file in files(&queries, "sql")? {
        let name = file
            .strip_prefix(&queries)
            .expect("listed below queries")
            .to_string_lossy()
            .replace('\\', "/");
        writeln!(
            bundled,
            "    ({name:?}, include_str!({:?})),",
            file.display().to_string()
        )
        .expect("a String takes it");
    }
    bundled.push_str("]\n");
    fs::write(out.join("queries.rs"), bundled)?;

    let mut modules = String::new();
    let mut names = String::from("static REGISTRY: &[(&str, New)] = &[\n");
    for file in files(&root.join("src/compute"), "rs")? {
        let name = file
            .file_stem()
            .expect("ends in .rs")
            .to_string_lossy()
            .into_owned();
        writeln!(
            modules,
            "#[path = {:?}]\nmod {name};",
            file.display().to_string()
        )
        .expect("a String takes it");
        writeln!(names, "    ({name:?}, {name}::new),").expect("a String takes it");
    }
    names.push_str("];\n");
    fs::write(out.join("compute.rs"), modules + &names)
}

/// All files below `folder` that end in `.extension`, in a stable order.
fn files(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
