//! An audit: the score, the dimensions, findings by points to gain, what was not assessed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anstyle::Style as Ansi;
use unicode_width::UnicodeWidthStr as _;

use crate::check::{Check, Severity};
use crate::gate::{Verdict, nothing};
use crate::overview::Overview;
use crate::render::Style;
use crate::render::escape::visible;
use crate::render::table::grid::{costs, figures};
use crate::render::table::{
    BOLD, DIM, OBJECTS, finish, header, line, names, paint, points_style, severity_style, titled,
    to_copy, wrapped,
};
use crate::report::{Finding, NextStep, NotAssessed, Report};
use crate::score::{DimensionScore, Scorecard};
use crate::value::percent;

/// How many checks are shown with their findings.
const CHECKS: usize = 8;

pub(in crate::render) fn score(report: &Report<'_>, verdict: &Verdict, style: Style) -> String {
    let mut out = String::new();
    header(&mut out, report.snapshot, style);
    let nothing = nothing(report.snapshot);
    if let Some(card) = &report.score {
        headline(&mut out, report, card, style);
        dimensions(&mut out, card, style);
        findings(&mut out, report, style);
        not_assessed(&mut out, report, style);
    } else {
        line(&mut out, &visible(&nothing), "", 0, style);
        if !report.findings.is_empty() {
            findings(&mut out, report, style);
        }
    }
    for reason in verdict.reasons.iter().filter(|reason| **reason != nothing) {
        out.push('\n');
        line(&mut out, &visible(reason), "Gate: ", 6, style);
    }
    costs(&mut out, report.snapshot, style);
    finish(out, style)
}

/// One report after the other, and a summary where the eye rests last.
pub(in crate::render) fn scores(overview: &Overview<'_>, style: Style) -> String {
    let mut out = String::new();
    for audited in &overview.audits {
        match &audited.report {
            Ok((report, verdict)) => out.push_str(&score(report, verdict, style)),
            Err((reason, _)) => {
                let who = format!(
                    "{} at {}",
                    paint(BOLD, visible(&audited.database)),
                    visible(&audited.target)
                );
                line(&mut out, &who, "", 2, style);
                line(&mut out, &visible(reason), "not audited: ", 2, style);
            }
        }
        out.push('\n');
    }
    let header = [
        "database", "score", "range", "coverage", "critical", "warning", "info",
    ];
    let rows: Vec<_> = overview
        .audits
        .iter()
        .zip(overview.names())
        .map(|(audited, name)| {
            let mut row = vec![visible(&name)];
            row.extend(audited.cells());
            row
        })
        .collect();
    figures(&mut out, &header, rows, style);
    finish(out, style)
}

fn headline(out: &mut String, report: &Report<'_>, card: &Scorecard<'_>, style: Style) {
    let range = format!(
        "{:.1}–{:.1}{} with what was not assessed, coverage {}",
        card.low,
        card.high,
        report
            .bands(card)
            .map(|bands| format!(", {bands},"))
            .unwrap_or_default(),
        percent(card.coverage)
    );
    if let Some(total) = card.total {
        let band = report.rubric.band(total);
        let score = paint(
            // As sure as the low end: half of an audit is never green.
            points_style(card.low / 10.0).bold(),
            format!("{total:.1}  {band}"),
        );
        line(out, &score, "Score   ", 8, style);
    } else {
        let seen = format!(
            "none: coverage {} is below {}",
            percent(card.coverage),
            percent(card.min_coverage)
        );
        line(out, &paint(BOLD, seen), "Score   ", 8, style);
    }
    line(out, &range, "        ", 8, style);
    if let Some((vitals, total)) = report.vitals.as_ref().and_then(|v| Some((v, v.total?))) {
        let mut text = format!("{total:.1}");
        if vitals.low < vitals.high {
            let _ = write!(text, " ({:.1}–{:.1})", vitals.low, vitals.high);
        }
        let text = paint(points_style(vitals.low / 10.0), text);
        let _ = writeln!(out, "Vitals  {text}");
    }
    if report.profile.id != "default" {
        let _ = writeln!(out, "Profile {}", report.profile.id);
    }
    if let (Some(cap), Some(uncapped)) = (card.caps.first(), card.uncapped)
        && uncapped > cap.total
    {
        let text = format!(
            "Capped at {}: {} (without it {uncapped:.1})",
            cap.total, cap.because
        );
        let text = paint(severity_style(Severity::Critical), text);
        line(out, &text, "", 8, style);
    }
    out.push('\n');
}

fn bar(points: f64) -> String {
    // Points lie between 0 and 10.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let full = points.clamp(0.0, 10.0).round() as usize;
    format!("{}{}", "█".repeat(full), "░".repeat(10 - full))
}

fn dimensions(out: &mut String, card: &Scorecard<'_>, style: Style) {
    let all: f64 = card
        .dimensions
        .iter()
        .map(|dimension| dimension.weight)
        .sum();
    let title = card
        .dimensions
        .iter()
        .map(|d| d.dimension.title.width())
        .max()
        .unwrap_or(0);
    for dimension in &card.dimensions {
        let share = percent((dimension.weight / all * 100.0).round() / 100.0);
        let name = format!("{:title$}", dimension.dimension.title);
        let text = match dimension.points {
            Some(points) => {
                let shown = paint(
                    points_style(points),
                    format!("{} {points:>4.1}", bar(points)),
                );
                let sight = sight(dimension);
                let sight = if sight.is_empty() {
                    sight
                } else {
                    format!("  {}", paint(DIM, sight))
                };
                format!("{name}  {share:>5}  {shown}{sight}")
            }
            None if !dimension.applies => {
                format!("{name}  {share:>5}  {}", paint(DIM, "does not apply here"))
            }
            None => {
                let why = if dimension.criteria.is_empty() {
                    "not assessed: no checks yet"
                } else {
                    "not assessed"
                };
                format!("{name}  {share:>5}  {}", paint(DIM, why))
            }
        };
        line(out, &text, "  ", 4, style);
    }
}

/// The range of a dimension that was seen in part.
fn sight(dimension: &DimensionScore<'_>) -> String {
    if dimension.coverage > 0.999 {
        return String::new();
    }
    format!(
        "{:.1}–{:.1}, {} seen",
        dimension.low,
        dimension.high,
        percent(dimension.coverage)
    )
}

/// One check's findings, or one criterion's loss, in the list by points to gain.
enum Entry<'a, 'b> {
    Findings {
        check: &'a Check,
        severity: Severity,
        gain: f64,
        findings: Vec<&'b Finding<'a>>,
    },
    Loss(&'b crate::report::Loss),
}

impl Entry<'_, '_> {
    fn gain(&self) -> f64 {
        match self {
            Self::Findings { gain, .. } => *gain,
            Self::Loss(loss) => loss.gain,
        }
    }

    fn severity(&self) -> Option<Severity> {
        match self {
            Self::Findings { severity, .. } => Some(*severity),
            Self::Loss(_) => None,
        }
    }
}

fn entries<'a, 'b>(report: &'b Report<'a>) -> Vec<Entry<'a, 'b>> {
    let mut entries: Vec<Entry<'a, 'b>> = Vec::new();
    for finding in &report.findings {
        let same = entries.iter_mut().find_map(|entry| match entry {
            Entry::Findings {
                check,
                severity,
                gain,
                findings,
            } if check.id == finding.check.id => Some((severity, gain, findings)),
            _ => None,
        });
        match same {
            Some((severity, gain, findings)) => {
                *severity = (*severity).max(finding.severity);
                *gain += finding.gain;
                findings.push(finding);
            }
            None => entries.push(Entry::Findings {
                check: finding.check,
                severity: finding.severity,
                gain: finding.gain,
                findings: vec![finding],
            }),
        }
    }
    entries.extend(report.losses.iter().map(Entry::Loss));
    entries.sort_by(|a, b| {
        b.gain()
            .total_cmp(&a.gain())
            .then(b.severity().cmp(&a.severity()))
    });
    entries
}

fn findings(out: &mut String, report: &Report<'_>, style: Style) {
    let entries = entries(report);
    out.push('\n');
    if entries.is_empty() {
        let _ = writeln!(out, "{}", paint(BOLD, "No findings in what was assessed."));
        return;
    }
    let count = |severity| {
        report
            .findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let counts = [Severity::Critical, Severity::Warning, Severity::Info]
        .map(|severity| (severity, count(severity)));
    let counts = counts
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(severity, n)| format!("{n} {severity}"));
    let counts = counts.collect::<Vec<_>>().join(", ");
    let counts = if counts.is_empty() {
        String::new()
    } else {
        format!(" ({counts})")
    };
    let title = format!("{}{counts}", paint(BOLD, "By points to gain"));
    line(out, &title, "", 2, style);
    let shown = if style.all { entries.len() } else { CHECKS };
    for entry in entries.iter().take(shown) {
        out.push('\n');
        match entry {
            Entry::Findings {
                check,
                severity,
                gain,
                findings,
            } => group(out, check, *severity, *gain, findings, style),
            Entry::Loss(loss) => {
                entry_head(
                    out,
                    loss.gain,
                    "",
                    Ansi::new(),
                    &loss.title,
                    &loss.check,
                    style,
                );
                wrapped(out, &visible(&loss.evidence), "       ", 9, style, 2);
            }
        }
    }
    if entries.len() > shown {
        let more = format!("… and {} more: pgaudit score --all", entries.len() - shown);
        out.push('\n');
        line(out, &paint(DIM, more), "", 2, style);
    }
}

fn entry_head(
    out: &mut String,
    gain: f64,
    word: &str,
    of: Ansi,
    title: &str,
    id: &str,
    style: Style,
) {
    let gain = if gain >= 0.05 {
        format!("+{gain:.1}")
    } else {
        String::from("·")
    };
    let word = if word.is_empty() {
        String::new()
    } else {
        format!("{}  ", paint(of, word))
    };
    titled(out, &format!("{gain:>5}  {word}"), title, id, 7, style);
}

fn group(
    out: &mut String,
    check: &Check,
    severity: Severity,
    gain: f64,
    findings: &[&Finding<'_>],
    style: Style,
) {
    entry_head(
        out,
        gain,
        &severity.to_string(),
        severity_style(severity),
        &check.title,
        check.id.as_str(),
        style,
    );
    let shown = if style.all { findings.len() } else { OBJECTS };
    let mut told = None;
    for finding in findings.iter().take(shown) {
        let also: Vec<_> = finding
            .also
            .iter()
            .map(|check| check.title.to_lowercase())
            .collect();
        let also = if also.is_empty() {
            String::new()
        } else {
            format!("; also: {}", also.join(", "))
        };
        let text = format!(
            "{}: {}{also}",
            visible(&finding.object),
            visible(&finding.evidence)
        );
        wrapped(out, &text, "       ", 9, style, 4);
        // Advice that is the same for all stands once, below the first.
        if let Some(fix) = finding.fix.as_ref().filter(|fix| told != Some(fix.text())) {
            match fix {
                NextStep::Sql(sql) => to_copy(out, sql, "         ", 11, style),
                NextStep::Advice(advice) => line(out, &visible(advice), "         → ", 11, style),
            }
            told = Some(fix.text());
        }
    }
    if findings.len() > shown {
        let more = format!(
            "… and {} more: pgaudit check {}",
            findings.len() - shown,
            check.id
        );
        line(out, &paint(DIM, more), "       ", 9, style);
    }
}

fn not_assessed(out: &mut String, report: &Report<'_>, style: Style) {
    let unbuilt: Vec<_> = report
        .score
        .iter()
        .flat_map(|card| &card.dimensions)
        .filter(|d| d.criteria.is_empty())
        .collect();
    if report.not_assessed.is_empty() && unbuilt.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", paint(BOLD, "Not assessed"));
    for group in &report.not_assessed_in_short() {
        out.push('\n');
        not_assessed_group(out, group, style);
    }
    if !unbuilt.is_empty() {
        out.push('\n');
        let titles: Vec<_> = unbuilt
            .iter()
            .map(|dimension| dimension.dimension.title.as_str())
            .collect();
        wrapped(
            out,
            &format!("{}: no checks in this version", titles.join(", ")),
            "  ",
            4,
            style,
            3,
        );
    }
}

fn not_assessed_group(out: &mut String, group: &NotAssessed<'_>, style: Style) {
    let mut what = Vec::new();
    if !group.checks.is_empty() {
        what.push(names(&group.checks));
    }
    if let Some((_, first)) = group.objects.first() {
        let objects: BTreeSet<_> = group.objects.iter().map(|(_, object)| object).collect();
        let checks: BTreeSet<_> = group
            .objects
            .iter()
            .map(|(check, _)| check.id.as_str())
            .collect();
        let more = match objects.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let checks = checks.into_iter().collect::<Vec<_>>().join(", ");
        what.push(format!("{}{more} ({checks})", visible(first)));
    }
    wrapped(
        out,
        &format!("{}: {}", what.join("; "), visible(&group.reason)),
        "  ",
        4,
        style,
        4,
    );
    if let Some(remedy) = &group.remedy {
        wrapped(out, &visible(remedy), "    → ", 6, style, 4);
    }
}
