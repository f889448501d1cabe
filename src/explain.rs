//! A check or a score in words, as Markdown: `explain`, and the reference in `queries/README.md`.

use std::fmt::Write as _;

use crate::catalog::Catalog;
use crate::check::{Applies, Check, Column, Evidence, Kind, Needs, Scope};
use crate::render::escape::visible;
use crate::report::Report;
use crate::rubric::{Condition, Criterion, Fold, Profile, Rubric};
use crate::score::{CriterionScore, Missing, Scorecard};
use crate::server::Server;
use crate::value::{Unit, Value, duration, percent};

/// Everything about one check.
pub fn check(check: &Check, rubric: &Rubric, server: Option<&Server>) -> String {
    let mut out = format!("## {}\n\n", check.id);
    description(&mut out, check, rubric);
    out.push_str("\n| column | unit |\n|---|---|\n");
    for column in check.shown() {
        let _ = writeln!(out, "| `{}` | {} |", column.name, unit(column));
    }
    if let Some(server) = server {
        let _ = writeln!(out, "\n```sql\n{}\n```", sql(check, server));
    }
    out
}

fn unit(column: &Column) -> String {
    format!("{:?}", column.unit).to_lowercase()
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
    let text = |sql: &str| crate::server::resolve(sql, &server.extensions);
    match server.variant(check) {
        Some(variant) => format!("-- {}\n{};", variant.file, text(&variant.sql)),
        None => String::new(),
    }
}

/// Every statement that a check rests on: its own, or those of its readings, and its detail.
pub fn statements(check: &Check, catalog: &Catalog, server: &Server) -> String {
    let readings = check
        .from
        .iter()
        .filter_map(|from| catalog.entry(&crate::check::CheckId::new(format!("readings/{from}"))));
    let mut all: Vec<_> = readings
        .chain([check])
        .map(|entry| sql(entry, server))
        .filter(|sql| !sql.is_empty())
        .collect();
    if let Some(detail) = &check.detail {
        let detail =
            crate::server::resolve(detail.trim().trim_end_matches(';'), &server.extensions);
        all.push(format!(
            "-- {}: for each of the first rows; $1 is the oid of the relation\n{detail};",
            check.file
        ));
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
                _ => format!("`{}` ({})", column.name, unit(column)),
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

/// The arithmetic of a score, to the last digit.
pub fn score(report: &Report<'_>) -> String {
    let Some(card) = &report.score else {
        return crate::gate::nothing(&report.snapshot.server.database) + "\n";
    };
    let mut out = format!("# Score of profile {}\n\n", report.profile.id);
    out.push_str(
        "c = weight of the dimension × weight of the criterion ÷ sum of the criteria's weights. Seen is the share of the objects that\n\
         could be judged. Points are the lowest of what the curve gives for the measure, what the second curve gives for the number of\n\
         rows, and what the worst finding leaves.\n",
    );
    for dimension in &card.dimensions {
        let _ = writeln!(
            out,
            "\n## {} (weight {})\n",
            dimension.dimension.title, dimension.weight
        );
        if dimension.criteria.is_empty() {
            let _ = writeln!(
                out,
                "No criteria: c = {} is not assessed.",
                dimension.weight
            );
            continue;
        }
        for criterion in &dimension.criteria {
            let _ = writeln!(out, "- {}", step(criterion));
        }
    }
    sums(&mut out, card);
    out
}

fn step(score: &CriterionScore<'_>) -> String {
    let name = format!("`{}` (c = {:.6})", score.criterion.id, score.weight);
    match &score.result {
        Err(Missing::NotApplicable(reason)) => {
            format!(
                "{name}: does not apply ({}); c leaves all sums",
                visible(reason)
            )
        }
        // A reason may name the database or the role.
        Err(Missing::Unseen(unseen)) => {
            format!("{name}: not assessed ({})", visible(&unseen.reason))
        }
        Ok(points) => {
            let per = score
                .criterion
                .per
                .as_deref()
                .map(|per| format!(" ÷ {per}"))
                .unwrap_or_default();
            let mut text = format!(
                "{name}: {}{per} = {:.6}{}; the curve gives {:.6}",
                fold(&score.criterion.fold),
                points.measure,
                if score.criterion.unit == Unit::Ratio {
                    format!(" ({})", percent(points.measure))
                } else {
                    String::new()
                },
                points.by_curve
            );
            if let Some((count, by_count)) = points.by_count {
                let _ = write!(text, ", {count} rows give {by_count:.6}");
            }
            if let Some((severity, most)) = points.at_most {
                let _ = write!(text, ", a finding of severity {severity} leaves {most}");
            }
            let _ = write!(
                text,
                "; points {:.6}, seen {:.6}, costs {:.6} of the total",
                points.points, points.assessed, score.gain
            );
            text
        }
    }
}

fn sums(out: &mut String, card: &Scorecard<'_>) {
    let mut all = 0.0;
    let mut seen = 0.0;
    let mut points = 0.0;
    for dimension in &card.dimensions {
        if dimension.criteria.is_empty() {
            all += dimension.weight;
        }
        for criterion in &dimension.criteria {
            match &criterion.result {
                Ok(result) => {
                    all += criterion.weight;
                    seen += criterion.weight * result.assessed;
                    points += criterion.weight * result.assessed * result.points;
                }
                Err(Missing::Unseen(_)) => all += criterion.weight,
                Err(Missing::NotApplicable(_)) => {}
            }
        }
    }
    let _ = writeln!(out, "\n## Sums\n");
    let _ = writeln!(
        out,
        "- Σ c = {all:.6}, Σ (c × seen) = {seen:.6}, Σ (c × seen × points) = {points:.6}"
    );
    let _ = writeln!(
        out,
        "- coverage = {seen:.6} ÷ {all:.6} = {:.6}",
        card.coverage
    );
    if seen > 0.0 {
        let _ = writeln!(
            out,
            "- total = 10 × {points:.6} ÷ {seen:.6} = {:.6}",
            10.0 * points / seen
        );
    }
    if all > 0.0 {
        let _ = writeln!(
            out,
            "- low end = 10 × {points:.6} ÷ {all:.6} = {:.6}",
            10.0 * points / all
        );
        let _ = writeln!(
            out,
            "- high end = 10 × ({points:.6} + 10 × ({all:.6} − {seen:.6})) ÷ {all:.6} = {:.6}",
            10.0 * (points + 10.0 * (all - seen)) / all
        );
    }
    for cap in &card.caps {
        let _ = writeln!(
            out,
            "- cap `{}`: at most {}, because {}",
            cap.id, cap.total, cap.because
        );
    }
    match card.total {
        Some(total) => {
            let _ = writeln!(
                out,
                "- printed, rounded down to a tenth: {total:.1} ({:.1}–{:.1})",
                card.low, card.high
            );
        }
        None => {
            let _ = writeln!(
                out,
                "- no total: the coverage is below the profile's {}",
                percent(card.min_coverage)
            );
        }
    }
}
