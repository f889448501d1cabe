//! The reference of all checks, which stands in `queries/README.md`.

use std::fmt::Write as _;

use crate::catalog::Catalog;
use crate::check::{Applies, Check};
use crate::explain::description;
use crate::rubric::{Criterion, Profile, Rubric};
use crate::value::Unit;

/// The reference of all checks, for `queries/README.md`.
pub fn reference(catalog: &Catalog, rubric: &Rubric) -> String {
    let mut out = String::from(
        "# The checks\n\n\
         Each check is a file in this folder: a header that says what it means, and one statement that `psql -f` runs as it stands.\n\
         This page is generated from the headers and from [`rubric.yaml`](../rubric.yaml); `pgaudit explain ID` prints the same about one\n\
         check, `pgaudit sql ID` its statement. [CONTRIBUTING.md](../CONTRIBUTING.md) says how to add one.\n\n\
         *Worst* is the severity that a finding can have; a check without one only shows. *Counts in* names the dimension of the score\n\
         that it takes points from, *profiles* what asks it besides `pgaudit check`.\n",
    );
    out.push_str("\n| check | shows | worst | counts in | profiles |\n|---|---|---|---|---|\n");
    for check in catalog.checks() {
        let anchor = check.id.as_str().replace('/', "");
        let worst = rubric.worst(check).map(|severity| severity.to_string());
        let _ = writeln!(
            out,
            "| [{}](#{anchor}) | {} | {} | {} | {} |",
            check.id,
            check.title,
            worst.unwrap_or_default(),
            dimensions(check, rubric),
            profiles(check, rubric, catalog),
        );
    }
    for area in catalog.areas() {
        let _ = writeln!(out, "\n## {area}\n\n`pgaudit {area}` shows these.");
        for check in catalog.checks().filter(|check| check.id.area() == area) {
            let _ = writeln!(out, "\n### {}\n", check.id);
            description(&mut out, check, rubric);
            let columns = check.shown().map(|column| match column.unit {
                Unit::Name | Unit::Text => format!("`{}`", column.name),
                _ => format!("`{}` ({})", column.name, column.unit),
            });
            let _ = writeln!(out, "- Columns: {}", columns.collect::<Vec<_>>().join(", "));
            let _ = writeln!(out, "- SQL: {}", files(check));
        }
    }
    out
}

/// The dimensions that a check takes points from.
fn dimensions(check: &Check, rubric: &Rubric) -> String {
    let counts = |criterion: &Criterion| criterion.check == check.id.as_str();
    let titles = rubric
        .dimensions
        .iter()
        .filter(|dimension| dimension.criteria.iter().any(counts))
        .map(|dimension| dimension.title.as_str());
    titles.collect::<Vec<_>>().join(", ")
}

fn profiles(check: &Check, rubric: &Rubric, catalog: &Catalog) -> String {
    let asks = |profile: &&Profile| {
        let mut asked = rubric.checks(profile, catalog).into_iter();
        asked.any(|asked| asked.id == check.id)
    };
    let ids = rubric.profiles.iter().filter(asks);
    ids.map(|profile| profile.id.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Links to the files that a check is made of, relative to `queries/`.
fn files(check: &Check) -> String {
    let link = |file: &str| {
        let file = file.trim_start_matches("queries/");
        format!("[{file}]({file})")
    };
    if let Some(compute) = &check.compute {
        let readings = check
            .from
            .iter()
            .map(|from| link(&format!("readings/{from}.sql")));
        let readings = readings.collect::<Vec<_>>().join(" and ");
        return format!(
            "{}, computed by `{compute}` from {readings}",
            link(&check.file)
        );
    }
    let links = check
        .variants
        .iter()
        .map(|variant| match applies(&variant.applies) {
            Some(versions) => format!("{} for {versions}", link(&variant.file)),
            None => link(&variant.file),
        });
    links.collect::<Vec<_>>().join(", ")
}

fn applies(applies: &Applies) -> Option<String> {
    match applies {
        Applies::Everywhere => None,
        Applies::Server(major) => Some(format!("PostgreSQL {major} and later")),
        Applies::Extension { name, version } => {
            let version: Vec<_> = version.iter().map(u32::to_string).collect();
            Some(format!("{name} {} and later", version.join(".")))
        }
    }
}
