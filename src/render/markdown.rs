//! For pull requests, wikis and chats.

use std::fmt::Write as _;

use crate::assess::{Judged, State};
use crate::gate::{Verdict, nothing};
use crate::listing::{Doctor, Hidden, Library, Tables};
use crate::overview::Overview;
use crate::render::escape::{cell, code, markdown, statement};
use crate::report::{NextStep, Report};
use crate::score::Scorecard;
use crate::snapshot::Snapshot;
use crate::value::{duration, percent};

fn header(out: &mut String, snapshot: &Snapshot) {
    let server = &snapshot.server;
    let _ = write!(
        out,
        "{} at {}, PostgreSQL {}, {}, role {}",
        code(&server.database),
        code(&snapshot.target),
        markdown(&server.version),
        server.node(),
        code(&server.role),
    );
    if let Some(age) = snapshot.fact("counters.database") {
        let _ = write!(out, ", counters {} old", duration(age));
    }
    if !snapshot.schemas.is_all() {
        let _ = write!(out, ", {}", markdown(&snapshot.schemas.to_string()));
    }
    let _ = writeln!(
        out,
        ", {} UTC\n",
        snapshot.taken().strftime("%Y-%m-%d %H:%M")
    );
    if !snapshot.injected.is_empty() {
        let _ = writeln!(
            out,
            "Set for this report, not measured: {}\n",
            markdown(&snapshot.injected.join(", "))
        );
    }
    for replica in &snapshot.replicas {
        let _ = writeln!(out, "Replica {}\n", markdown(&replica.to_string()));
    }
    if snapshot.stopped.is_some() {
        out.push_str("**Cut short; what was measured until then follows.**\n\n");
    }
}

pub(super) fn scores(overview: &Overview<'_>) -> String {
    let mut out = String::from(
        "# pgaudit\n\n| database | score | range | coverage | critical | warning | info |\n|---|---|---|---|---|---|---|\n",
    );
    for (audited, name) in overview.audits.iter().zip(overview.names()) {
        let cells = audited.cells().map(|text| markdown(&text)).join(" | ");
        let _ = writeln!(out, "| {} | {cells} |", cell(&name));
    }
    for audited in &overview.audits {
        let _ = writeln!(out, "\n## {}\n", code(&audited.database));
        match &audited.report {
            Ok((report, verdict)) => out.push_str(&one(report, verdict)),
            Err((reason, _)) => {
                let _ = writeln!(
                    out,
                    "Not audited, at {}: {}",
                    code(&audited.target),
                    markdown(reason)
                );
            }
        }
    }
    out
}

pub(super) fn score(report: &Report<'_>, verdict: &Verdict) -> String {
    String::from("# pgaudit\n\n") + &one(report, verdict)
}

fn one(report: &Report<'_>, verdict: &Verdict) -> String {
    let mut out = String::new();
    header(&mut out, report.snapshot);
    let nothing = nothing(report.snapshot);
    match &report.score {
        None => {
            let _ = writeln!(out, "{}\n", markdown(&nothing));
        }
        Some(card) => scorecard(&mut out, report, card),
    }
    let reasons = || verdict.reasons.iter().filter(|reason| **reason != nothing);
    if reasons().next().is_some() {
        out.push_str("## Gate\n\n");
        for reason in reasons() {
            let _ = writeln!(out, "- {}", markdown(reason));
        }
        out.push('\n');
    }
    if report.score.is_some() || !report.findings.is_empty() {
        findings(&mut out, report);
    }
    if report.score.is_some() {
        not_assessed(&mut out, report);
    }
    costs(&mut out, report.snapshot);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn costs(out: &mut String, snapshot: &Snapshot) {
    if snapshot.costs.is_empty() {
        return;
    }
    out.push_str("\n## Timings\n\n| asked | ms | rows | bytes |\n|---|--:|--:|--:|\n");
    for row in super::costs(&snapshot.costs, true) {
        let _ = writeln!(out, "| {} |", row.map(|cell| markdown(&cell)).join(" | "));
    }
}

fn scorecard(out: &mut String, report: &Report<'_>, card: &Scorecard<'_>) {
    let range = format!(
        "range {:.1}–{:.1}{}, coverage {}",
        card.low,
        card.high,
        report
            .bands(card)
            .map(|bands| format!(", {}", markdown(&bands)))
            .unwrap_or_default(),
        percent(card.coverage)
    );
    match card.total {
        Some(total) => {
            let _ = write!(
                out,
                "**Score {total:.1}, {}** ({range})",
                markdown(report.rubric.band(total))
            );
        }
        None => {
            let _ = write!(
                out,
                "**No score**: the coverage is below {} ({range})",
                percent(card.min_coverage)
            );
        }
    }
    if let Some(vitals) = report.vitals.as_ref().and_then(|vitals| vitals.total) {
        let _ = write!(out, ", vitals {vitals:.1}");
    }
    let _ = writeln!(out, ", profile {}\n", code(&report.profile.id));
    if let (Some(cap), Some(uncapped)) = (card.caps.first(), card.uncapped)
        && uncapped > cap.total
    {
        let _ = writeln!(
            out,
            "**Capped at {}**: {} (without it {uncapped:.1})\n",
            cap.total,
            markdown(&cap.because)
        );
    }
    out.push_str("| dimension | weight | points of 10 | seen |\n|---|---:|---:|---:|\n");
    for dimension in &card.dimensions {
        let points = match dimension.points {
            Some(points) => format!("{points:.1}"),
            None if !dimension.applies => String::from("does not apply"),
            None => String::from("not assessed"),
        };
        let title = markdown(&dimension.dimension.title);
        let _ = writeln!(
            out,
            "| {title} | {} | {points} | {} |",
            dimension.weight,
            percent(dimension.coverage)
        );
    }
    out.push('\n');
}

fn findings(out: &mut String, report: &Report<'_>) {
    if report.findings.is_empty() && report.losses.is_empty() {
        out.push_str("No findings in what was assessed.\n\n");
        return;
    }
    out.push_str("## By points to gain\n\n| points | severity | check | object | evidence | next step |\n|---:|---|---|---|---|---|\n");
    for finding in &report.findings {
        let step = match &finding.fix {
            Some(NextStep::Sql(sql)) => cell(&statement(sql)),
            Some(NextStep::Advice(advice)) => markdown(advice),
            None => String::new(),
        };
        let also = finding
            .also
            .iter()
            .map(|check| format!("; also: {}", markdown(&check.title.to_lowercase())));
        let also = also.collect::<Vec<_>>().concat();
        let _ = writeln!(
            out,
            "| {:.1} | {} | {} | {} | {}{also} | {step} |",
            finding.gain,
            finding.severity,
            cell(finding.check.id.as_str()),
            cell(&finding.object),
            markdown(&finding.evidence),
        );
    }
    for loss in &report.losses {
        let _ = writeln!(
            out,
            "| {:.1} | | {} | {} | {} | |",
            loss.gain,
            cell(&loss.check),
            markdown(&loss.title),
            markdown(&loss.evidence)
        );
    }
    out.push('\n');
}

fn not_assessed(out: &mut String, report: &Report<'_>) {
    let unbuilt: Vec<_> = report
        .score
        .iter()
        .flat_map(|card| &card.dimensions)
        .filter(|d| d.criteria.is_empty())
        .collect();
    if report.not_assessed.is_empty() && unbuilt.is_empty() {
        return;
    }
    out.push_str("## Not assessed\n\n");
    for group in &report.not_assessed_in_short() {
        let checks = group.checks.iter().map(|check| code(check.id.as_str()));
        let objects = group
            .objects
            .iter()
            .map(|(check, object)| format!("{} of {}", code(object), code(check.id.as_str())));
        let what: Vec<_> = checks.chain(objects).collect();
        let _ = write!(out, "- {}: {}", what.join(", "), markdown(&group.reason));
        if let Some(remedy) = &group.remedy {
            let _ = write!(out, "; {}", markdown(remedy));
        }
        out.push('\n');
    }
    for dimension in unbuilt {
        let _ = writeln!(
            out,
            "- {}: no checks in this version",
            markdown(&dimension.dimension.title)
        );
    }
    out.push('\n');
}

pub(super) fn tables(tables: &Tables<'_>) -> String {
    let mut out = String::new();
    header(&mut out, tables.snapshot);
    for judged in &tables.judged {
        table(&mut out, tables.snapshot, judged);
    }
    costs(&mut out, tables.snapshot);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn table(out: &mut String, snapshot: &Snapshot, judged: &Judged<'_>) {
    let _ = writeln!(
        out,
        "## {} ({})\n",
        markdown(&judged.check.title),
        code(judged.check.id.as_str())
    );
    match &judged.state {
        State::Measured if judged.rows.is_empty() => out.push_str("None.\n"),
        State::Measured => {
            let columns: Vec<_> = judged.check.shown().collect();
            let titles: Vec<_> = columns
                .iter()
                .map(|column| markdown(&column.heading()))
                .collect();
            let lines = columns.iter().map(|column| {
                if column.unit.is_number() {
                    "---:"
                } else {
                    "---"
                }
            });
            let _ = writeln!(
                out,
                "| {} | severity |\n|{}|---|",
                titles.join(" | "),
                lines.collect::<Vec<_>>().join("|")
            );
            for graded in &judged.rows {
                let shown = |name: &str, unit: crate::value::Unit| match name {
                    "object" => cell(&graded.row.object),
                    _ => markdown(&unit.show(graded.row.get(name), snapshot.taken())),
                };
                let cells: Vec<_> = columns
                    .iter()
                    .map(|column| shown(&column.name, column.unit))
                    .collect();
                let severity = graded.severity.filter(|_| graded.yielded.is_none());
                let severity = severity
                    .map(|severity| severity.to_string())
                    .unwrap_or_default();
                let _ = writeln!(out, "| {} | {severity} |", cells.join(" | "));
            }
        }
        State::NotApplicable(reason) => {
            let _ = writeln!(out, "Does not apply: {}", markdown(reason));
        }
        State::Unseen(unseen) => {
            let _ = write!(out, "Not assessed: {}", markdown(&unseen.reason));
            if let Some(remedy) = &unseen.remedy {
                let _ = write!(out, "; {}", code(remedy));
            }
            out.push('\n');
        }
    }
    if !judged.unknown.is_empty() {
        out.push('\n');
    }
    for unknown in &judged.unknown {
        let _ = write!(
            out,
            "- not assessed: {}: {}",
            code(&unknown.object),
            markdown(&unknown.reason)
        );
        if let Some(remedy) = &unknown.remedy {
            let _ = write!(out, "; {}", code(remedy));
        }
        out.push('\n');
    }
    if let Some(note) = &judged.check.note {
        let _ = writeln!(out, "\n{}", markdown(note.trim()));
    }
    out.push('\n');
}

pub(super) fn library(library: &Library<'_>) -> String {
    let mut out = String::from("| check | worst severity | title |\n|---|---|---|\n");
    for check in &library.checks {
        let worst = library
            .rubric
            .worst(check)
            .map(|severity| severity.to_string())
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} | {worst} | {} |",
            cell(check.id.as_str()),
            markdown(&check.title)
        );
    }
    out
}

pub(super) fn doctor(doctor: &Doctor<'_>) -> String {
    let server = doctor.server;
    let mut out = format!(
        "Role {} in {} at {}\n\n",
        code(&server.role),
        code(&server.database),
        code(doctor.target)
    );
    out.push_str("| area | sees | checks |\n|---|---|---:|\n");
    for sight in &doctor.areas {
        let _ = writeln!(
            out,
            "| {} | {} | {} of {} |",
            sight.area,
            sight.extent().word(),
            sight.seen(),
            sight.checks
        );
    }
    let hidden: Vec<_> = doctor
        .areas
        .iter()
        .flat_map(crate::listing::Sight::hidden)
        .collect();
    if !hidden.is_empty() {
        out.push('\n');
    }
    for Hidden {
        check,
        reason,
        remedy,
    } in hidden
    {
        let _ = write!(out, "- {}: {}", code(check.id.as_str()), markdown(reason));
        if let Some(remedy) = remedy {
            let _ = write!(out, "; {}", code(remedy));
        }
        out.push('\n');
    }
    out
}
