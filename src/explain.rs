//! A check or a score in words, as Markdown: `explain`, and the reference in `queries/README.md`.

mod reference;
mod score;

use std::fmt::Write as _;

pub use reference::reference;
pub use score::score;

use crate::catalog::Catalog;
use crate::check::{Check, Evidence, Kind, Needs, Scope};
use crate::rubric::{Condition, Criterion, Fold, Rubric};
use crate::server::{SUPPORTED, Server};
use crate::value::{Unit, Value, duration};

/// Everything about one check.
pub fn check(check: &Check, rubric: &Rubric, catalog: &Catalog) -> String {
    let mut out = format!("## {}\n\n", check.id);
    description(&mut out, check, rubric);
    out.push_str("\n| column | unit |\n|---|---|\n");
    for column in check.shown() {
        let _ = writeln!(out, "| `{}` | {} |", column.name, column.unit);
    }
    let newest = Server::like(*SUPPORTED.end(), catalog.extensions());
    let sql = statements(check, catalog, &newest);
    let _ = writeln!(out, "\n```sql\n{}\n```", sql.trim_end());
    out
}

/// Prose in lines of a width; code and tables as they are.
pub fn reflowed(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut fenced = false;
    let flush = |paragraph: &mut Vec<&str>, out: &mut String| {
        if !paragraph.is_empty() {
            let indent = if paragraph[0].starts_with("- ") {
                "  "
            } else {
                ""
            };
            let options = textwrap::Options::new(width)
                .subsequent_indent(indent)
                .break_words(false);
            let text = paragraph.join(" ");
            paragraph.clear();
            for line in textwrap::wrap(&text, options) {
                out.push_str(&line);
                out.push('\n');
            }
        }
    };
    for line in text.lines() {
        let fence = line.starts_with("```");
        let as_it_is = fenced || fence || line.is_empty() || line.starts_with(['|', '#']);
        if as_it_is || line.starts_with("- ") {
            flush(&mut paragraph, &mut out);
        }
        if as_it_is {
            out.push_str(line);
            out.push('\n');
        } else {
            paragraph.push(line);
        }
        fenced ^= fence;
    }
    flush(&mut paragraph, &mut out);
    out
}

fn description(out: &mut String, check: &Check, rubric: &Rubric) {
    let _ = writeln!(out, "**{}**\n\n{}\n", check.title, check.why);
    let _ = writeln!(out, "- Rests on: {}", evidence(check.evidence));
    if check.scope == Scope::Cluster {
        out.push_str("- Holds for the whole server, whichever database is audited\n");
    }
    for need in needs(&check.needs, rubric) {
        let _ = writeln!(out, "- Needs {need}");
    }
    for (word, conditions) in conditions(check, rubric) {
        let _ = writeln!(out, "- {word}: {conditions}");
    }
    let criteria = || {
        rubric
            .dimensions
            .iter()
            .flat_map(|dimension| &dimension.criteria)
    };
    for criterion in criteria().filter(|criterion| criterion.check == check.id.as_str()) {
        let _ = writeln!(
            out,
            "- Scores `{}`: {}",
            criterion.id,
            self::criterion(criterion)
        );
    }
    for cap in rubric
        .caps
        .iter()
        .filter(|cap| cap.check == check.id.as_str())
    {
        let _ = writeln!(
            out,
            "- Limits the total to {} when {}: {}",
            cap.total,
            joined(&cap.when),
            cap.because
        );
    }
    if let Some((_, reason)) = rubric
        .unscored
        .iter()
        .find(|(id, _)| id == check.id.as_str())
    {
        let _ = writeln!(out, "- Costs no points: {reason}");
    } else if check.is_public() && !criteria().any(|criterion| criterion.check == check.id.as_str())
    {
        out.push_str("- Costs no points: no criterion of the rubric uses it\n");
    }
    for other in &check.yields_to {
        let _ = writeln!(
            out,
            "- Is told with `{other}` where both find the same {}",
            check.about
        );
    }
    if let Some(fix) = &check.fix {
        match (&fix.sql, &fix.advice) {
            (Some(sql), _) => {
                let lock = check.fix_lock.as_deref().unwrap_or("not known");
                let _ = writeln!(out, "- Fix: `{}` (lock: {lock})", sql.trim());
            }
            (None, Some(advice)) => {
                let _ = writeln!(out, "- What to do: {}", advice.trim());
            }
            (None, None) => {}
        }
    }
    if let Some(note) = &check.note {
        let _ = writeln!(out, "- {}", note.trim());
    }
}

fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Catalog => "definitions (`catalog`): the same on any copy of the schema",
        Evidence::Settings => "the server's configuration (`settings`)",
        Evidence::Planner => "what vacuum and analyze wrote down (`planner`)",
        Evidence::Counters => {
            "cumulative statistics (`counters`), which begin at a reset or a crash"
        }
        Evidence::Runtime => "what happens at this moment (`runtime`)",
    }
}

fn needs(needs: &Needs, rubric: &Rubric) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(
        needs
            .role
            .0
            .iter()
            .map(|role| format!("the rights of `{role}` (`pg_monitor` or a superuser has them)")),
    );
    all.extend(
        needs
            .execute
            .0
            .iter()
            .map(|function| format!("EXECUTE on `{function}`")),
    );
    all.extend(needs.select.0.iter().map(|relation| {
        format!(
            "SELECT on `{}`",
            relation.replace("{ext:", "").replace('}', "")
        )
    }));
    all.extend(
        needs
            .library
            .0
            .iter()
            .map(|library| format!("`{library}` in `shared_preload_libraries`")),
    );
    all.extend(
        needs
            .extension
            .0
            .iter()
            .map(|extension| format!("the extension `{extension}` in the database")),
    );
    all.extend(
        needs
            .setting
            .iter()
            .map(|(name, values)| format!("`{name}` = {}", values.0.join(" or "))),
    );
    if needs.primary {
        all.push(String::from("a primary; it does not apply to a standby"));
    }
    if let Some(version) = needs.version {
        all.push(format!("PostgreSQL {version} or later"));
    }
    if needs.counters.is_some() {
        all.push(format!(
            "counters of at least {}",
            duration(rubric.min_counter_age)
        ));
    }
    all
}

fn joined(conditions: &[Condition]) -> String {
    conditions
        .iter()
        .map(|c| format!("`{}` {}", c.name, c.text))
        .collect::<Vec<_>>()
        .join(" and ")
}

fn conditions(check: &Check, rubric: &Rubric) -> Vec<(String, String)> {
    let mut all = Vec::new();
    if check.kind == Kind::Finding {
        all.push((
            String::from("Each row is a finding"),
            format!("{} at the least", check.severity),
        ));
    }
    if let Some(grade) = rubric.grade(check.id.as_str()) {
        if !grade.enough.is_empty() {
            all.push((String::from("Assessed only with"), joined(&grade.enough)));
        }
        for (severity, conditions) in &grade.severities {
            let mut word = severity.to_string();
            word[..1].make_ascii_uppercase();
            all.push((word, joined(conditions)));
        }
    }
    all
}

fn fold(fold: &Fold) -> String {
    match fold {
        Fold::Count => String::from("count"),
        Fold::Sum(column) => format!("sum({column})"),
        Fold::Min(column) => format!("min({column})"),
        Fold::Max(column) => format!("max({column})"),
        Fold::Only(column) => format!("only({column})"),
    }
}

fn criterion(criterion: &Criterion) -> String {
    let of = if criterion.findings_only {
        "findings"
    } else {
        "all rows"
    };
    let per = criterion
        .per
        .as_deref()
        .map(|per| format!(" ÷ {per}"))
        .unwrap_or_default();
    let curve = |curve: &crate::rubric::Curve, unit: Unit| {
        let points = curve
            .breakpoints()
            .iter()
            .map(|(x, points)| format!("{} → {points}", figure(unit, *x)));
        points.collect::<Vec<_>>().join(", ")
    };
    let count = criterion.count_curve.as_ref();
    let count = count
        .map(|count| format!("; by number {}", curve(count, Unit::Count)))
        .unwrap_or_default();
    format!(
        "{} of {of}{per}: {}{count}",
        fold(&criterion.fold),
        curve(&criterion.curve, criterion.unit)
    )
}

/// A measure in its unit.
fn figure(unit: Unit, figure: f64) -> String {
    match unit {
        Unit::Seconds | Unit::Since => duration(figure),
        Unit::Count => format!("{figure}"),
        unit => unit.show(&Value::Float(figure), jiff::Timestamp::UNIX_EPOCH),
    }
}

/// The statement of a check as `psql` runs it on the given server.
pub fn sql(check: &Check, server: &Server) -> String {
    match server.variant(check) {
        Some(variant) => format!("-- {}\n{};", variant.file, server.resolve(&variant.sql)),
        None => String::new(),
    }
}

/// Every statement that a check rests on: its own, or those of its readings, and its detail.
pub fn statements(check: &Check, catalog: &Catalog, server: &Server) -> String {
    let readings = check
        .from
        .iter()
        .filter_map(|from| catalog.entry(&crate::check::CheckId::new(format!("readings/{from}"))));
    let entries: Vec<_> = readings.chain([check]).collect();
    let extended = entries
        .iter()
        .any(|entry| !entry.needs.extension.0.is_empty() || entry.measure.is_some());
    let mut all: Vec<_> = entries
        .into_iter()
        .map(|entry| sql(entry, server))
        .filter(|sql| !sql.is_empty())
        .collect();
    // With parameters, `psql` cannot run them.
    let commented = |sql: &str| {
        let sql = server.resolve(sql);
        sql.lines()
            .fold(String::new(), |text, line| text + "\n--   " + line)
    };
    if let Some(detail) = &check.detail {
        all.push(format!(
            "-- {}: for each of the first rows, with its oid as $1{}:{}",
            check.file,
            taken(check),
            commented(detail)
        ));
    }
    if let Some(measure) = &check.measure {
        all.push(format!(
            "-- {}: for the first of them, where allowed, up to {} of `{}`:{}",
            check.file,
            measure.budget,
            measure.reads,
            commented(&measure.sql)
        ));
    }
    if extended {
        all.insert(
            0,
            format!(
                "-- Extensions are taken to stand in schema public, in the version that PostgreSQL {} brings.",
                server.major()
            ),
        );
    }
    if let Some(compute) = &check.compute {
        all.insert(
            0,
            format!(
                "-- {} is computed by `{compute}` from the rows of what follows",
                check.id
            ),
        );
    }
    all.join("\n\n") + "\n"
}

/// What stands for `$2` and so on.
fn taken(check: &Check) -> String {
    let taken = check.takes.iter().enumerate();
    taken.fold(String::new(), |all, (at, name)| {
        format!("{all}, ${} its `{name}`", at + 2)
    })
}
