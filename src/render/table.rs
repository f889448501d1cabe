//! For people: a terminal, a pager, a mail. Styles are written as escape sequences and stripped where
//! the output is no terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};
use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, Width, presets,
};
use textwrap::core::display_width;
use unicode_width::UnicodeWidthStr as _;

use crate::assess::{Judged, State, Unseen};
use crate::check::{Check, Severity};
use crate::gate::{Verdict, nothing};
use crate::listing::{Doctor, Extent, Library, Tables};
use crate::render::Style;
use crate::render::escape::visible;
use crate::report::{Finding, NextStep, NotAssessed, Report};
use crate::score::{DimensionScore, Scorecard};
use crate::snapshot::{Snapshot, Unknown};
use crate::value::{Unit, Value, duration, grouped, percent};

/// How many objects of one check are shown before the rest becomes a number.
const OBJECTS: usize = 3;

/// How many checks are shown with their findings.
const CHECKS: usize = 8;

const BOLD: Ansi = Ansi::new().bold();
const DIM: Ansi = Ansi::new().dimmed();

fn paint(style: Ansi, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

fn severity_style(severity: Severity) -> Ansi {
    match severity {
        Severity::Critical => Ansi::new().bold().fg_color(Some(AnsiColor::Red.into())),
        Severity::Warning => Ansi::new().fg_color(Some(AnsiColor::Yellow.into())),
        Severity::Info => Ansi::new().fg_color(Some(AnsiColor::Cyan.into())),
    }
}

fn points_style(points: f64) -> Ansi {
    let colour = match points {
        points if points < 5.0 => AnsiColor::Red,
        points if points < 8.0 => AnsiColor::Yellow,
        _ => AnsiColor::Green,
    };
    Ansi::new().fg_color(Some(colour.into()))
}

/// Signs that a terminal without UTF-8 cannot show, and what stands for them.
fn finish(text: String, style: Style) -> String {
    if style.unicode { text } else { ascii(text) }
}

fn ascii(text: String) -> String {
    let signs = [
        ("·", "-"),
        ("–", "-"),
        ("×", "x"),
        ("→", "->"),
        ("█", "#"),
        ("░", "."),
        ("…", "..."),
        ("−", "-"),
    ];
    signs
        .iter()
        .fold(text, |text, (sign, ascii)| text.replace(sign, ascii))
}

/// Appends text, wrapped to at most so many lines; the first begins with `first`, the others with `indent` spaces.
fn wrapped(out: &mut String, text: &str, first: &str, indent: usize, style: Style, most: usize) {
    let hanging = " ".repeat(indent);
    // Before it is measured: what stands for a sign may be longer.
    let (text, first) = (
        finish(text.to_owned(), style),
        finish(first.to_owned(), style),
    );
    let options = textwrap::Options::new(style.width.max(indent + 20))
        .initial_indent(&first)
        .subsequent_indent(&hanging)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(&text, options);
    let shown = if style.all { lines.len() } else { most };
    for (number, line) in lines.iter().take(shown).enumerate() {
        if number + 1 == shown && lines.len() > shown {
            out.push_str(&cut(line, style));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// A line whose text goes on, with a sign that says so and still within the width.
fn cut(line: &str, style: Style) -> String {
    let sign = finish(String::from(" …"), style);
    let mut line = line.to_owned();
    while display_width(&line) + sign.width() > style.width {
        let word = line.rfind(' ').filter(|at| !line[..*at].trim().is_empty());
        match word {
            Some(at) => line.truncate(at),
            None if line.pop().is_some() => {}
            None => break,
        }
    }
    line + &sign
}

/// Appends a line that should fit, and is wrapped where it does not.
fn line(out: &mut String, text: &str, first: &str, indent: usize, style: Style) {
    wrapped(out, text, first, indent, style, usize::MAX);
}

/// Appends a title with the id of its check at the right edge, or below where both do not fit.
fn titled(out: &mut String, first: &str, title: &str, id: &str, indent: usize, style: Style) {
    let room = style
        .width
        .saturating_sub(display_width(first) + title.width() + id.width());
    let (title, id) = (paint(BOLD, visible(title)), paint(DIM, id));
    if room >= 2 {
        let _ = writeln!(out, "{first}{title}{}{id}", " ".repeat(room));
    } else {
        line(out, &title, first, indent, style);
        line(out, &id, &" ".repeat(indent), indent, style);
    }
}

fn header(out: &mut String, snapshot: &Snapshot, style: Style) {
    let server = &snapshot.server;
    let who = format!(
        "{} at {} · PostgreSQL {}, {} · role {}",
        paint(BOLD, visible(&server.database)),
        visible(&snapshot.target),
        visible(&server.version),
        server.node(),
        visible(&server.role),
    );
    line(out, &who, "", 2, style);
    let mut facts = Vec::new();
    if let Some(age) = snapshot.fact("counters.database") {
        facts.push(format!("counters {} old", duration(age)));
    }
    if let Some(Value::Int(tables)) = snapshot.facts.get("population.tables") {
        let size = snapshot
            .facts
            .get("population.bytes")
            .unwrap_or(&Value::Null);
        facts.push(format!(
            "{} tables, {}",
            grouped(*tables),
            Unit::Bytes.show(size, snapshot.taken())
        ));
    }
    facts.push(format!(
        "{} UTC",
        snapshot.taken().strftime("%Y-%m-%d %H:%M")
    ));
    line(out, &paint(DIM, facts.join(" · ")), "", 2, style);
    if !snapshot.injected.is_empty() {
        let injected = visible(&snapshot.injected.join(", "));
        let text = format!("set for this report, not measured: {injected}");
        line(out, &paint(BOLD, text), "", 2, style);
    }
    if let Some(stopped) = snapshot.stopped {
        let why = match stopped {
            crate::snapshot::Stopped::Deadline => "the deadline passed",
            crate::snapshot::Stopped::Interrupt | crate::snapshot::Stopped::Terminate => {
                "interrupted"
            }
        };
        let text = format!("cut short: {why}; what was measured until then follows");
        line(out, &paint(BOLD, text), "", 2, style);
    }
    out.push('\n');
}

pub(super) fn score(report: &Report<'_>, verdict: &Verdict, style: Style) -> String {
    let mut out = String::new();
    header(&mut out, report.snapshot, style);
    let nothing = nothing(&report.snapshot.server.database);
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
        wrapped(out, &text, "       ", 9, style, 2);
        // Advice that is the same for all stands once, below the first.
        if let Some(fix) = finding.fix.as_ref().filter(|fix| told != Some(fix.text())) {
            let (first, lines) = match fix {
                // To be copied: never shortened.
                NextStep::Sql(_) => ("         ", usize::MAX),
                NextStep::Advice(_) => ("         → ", 3),
            };
            wrapped(out, &visible(fix.text()), first, 11, style, lines);
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

fn names(checks: &[&Check]) -> String {
    checks
        .iter()
        .map(|check| check.id.as_str())
        .collect::<Vec<_>>()
        .join(", ")
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
    for group in &report.not_assessed {
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
    if let [(check, object)] = group.objects.as_slice() {
        what.push(format!("{} of {}", visible(object), check.id));
    } else if let [(check, object), rest @ ..] = group.objects.as_slice() {
        what.push(format!(
            "{} and {} more of {}",
            visible(object),
            rest.len(),
            check.id
        ));
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

pub(super) fn tables(tables: &Tables<'_>, style: Style) -> String {
    let mut out = String::new();
    header(&mut out, tables.snapshot, style);
    for (number, judged) in tables.judged.iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        one_table(&mut out, tables.snapshot, judged, style);
    }
    finish(out, style)
}

fn one_table(out: &mut String, snapshot: &Snapshot, judged: &Judged<'_>, style: Style) {
    let check = judged.check;
    titled(out, "", &check.title, check.id.as_str(), 0, style);
    match &judged.state {
        State::Measured if judged.rows.is_empty() && judged.unknown.is_empty() => {
            let _ = writeln!(out, "  none");
        }
        State::Measured => {
            if !judged.rows.is_empty() {
                rows(out, snapshot, judged, style);
            }
            unknown(out, &judged.unknown, style);
        }
        State::NotApplicable(reason) => wrapped(
            out,
            &format!("does not apply: {}", visible(reason)),
            "  ",
            4,
            style,
            4,
        ),
        State::Unseen(Unseen { reason, remedy }) => {
            wrapped(
                out,
                &format!("not assessed: {}", visible(reason)),
                "  ",
                4,
                style,
                4,
            );
            if let Some(remedy) = remedy {
                wrapped(out, &visible(remedy), "  → ", 4, style, 4);
            }
        }
    }
    if let Some(note) = &check.note {
        wrapped(out, note.trim(), "", 0, style, 4);
    }
}

fn unknown(out: &mut String, unknown: &[Unknown], style: Style) {
    let shown = if style.all { unknown.len() } else { OBJECTS };
    for one in unknown.iter().take(shown) {
        wrapped(
            out,
            &format!(
                "not assessed: {}: {}",
                visible(&one.object),
                visible(&one.reason)
            ),
            "  ",
            4,
            style,
            4,
        );
        if let Some(remedy) = &one.remedy {
            wrapped(out, &visible(remedy), "  → ", 4, style, 4);
        }
    }
    if unknown.len() > shown {
        let more = format!("… and {} more not assessed", unknown.len() - shown);
        line(out, &paint(DIM, more), "  ", 4, style);
    }
}

/// The rows as a grid, or as a list where a grid would squeeze its texts.
fn rows(out: &mut String, snapshot: &Snapshot, judged: &Judged<'_>, style: Style) {
    let columns: Vec<_> = judged.check.shown().collect();
    let graded = judged.rows.iter().any(|row| row.severity.is_some());
    let mut header: Vec<String> = columns.iter().map(|column| column.heading()).collect();
    if columns
        .first()
        .is_some_and(|column| column.name == "object")
    {
        header[0].clone_from(&judged.check.about);
    }
    let cells: Vec<Vec<String>> = judged
        .rows
        .iter()
        .map(|graded| {
            let cell = |name: &str, unit: Unit| match name {
                "object" => visible(&graded.row.object),
                _ => visible(&unit.show(graded.row.get(name), snapshot.taken())),
            };
            columns
                .iter()
                .map(|column| cell(&column.name, column.unit))
                .collect()
        })
        .collect();
    let width = |at: usize| {
        cells
            .iter()
            .map(|row| row[at].width())
            .chain([header[at].width()])
            .max()
            .unwrap_or(0)
    };
    let is_text = |at: usize| matches!(columns[at].unit, Unit::Text | Unit::Name);
    let fixed: usize = (0..columns.len())
        .map(|at| {
            if is_text(at) {
                width(at).min(18)
            } else {
                width(at)
            }
        })
        .sum();
    if fixed + 3 * columns.len() + usize::from(graded) * 12 > style.width {
        stacked(out, &header, &cells, judged, style);
        return;
    }

    let mut table = Table::new();
    let rule = if style.unicode { '─' } else { '-' };
    table
        .load_style(presets::NOTHING.header_separator(LineStyle::none().fill(rule).junction(rule)))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(style.width).unwrap_or(u16::MAX));
    let alignment = |at: usize| {
        if columns[at].unit.is_number() {
            CellAlignment::Right
        } else {
            CellAlignment::Left
        }
    };
    let titles = header
        .iter()
        .enumerate()
        .map(|(at, title)| Cell::new(title).set_alignment(alignment(at)));
    table.set_header(titles.chain(graded.then(|| Cell::new(""))));
    for (row, of) in cells.iter().zip(&judged.rows) {
        let values = row
            .iter()
            .enumerate()
            .map(|(at, text)| Cell::new(text).set_alignment(alignment(at)));
        let severity = of
            .severity
            .filter(|_| of.yielded.is_none())
            .map(|severity| severity.to_string());
        table.add_row(values.chain(graded.then(|| Cell::new(severity.unwrap_or_default()))));
    }
    for at in (0..columns.len()).filter(|at| !is_text(*at)) {
        if let Some(column) = table.column_mut(at) {
            let width = u16::try_from(width(at) + 2).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
        }
    }
    let _ = writeln!(out, "{}", table.trim_fmt());
}

fn stacked(
    out: &mut String,
    header: &[String],
    cells: &[Vec<String>],
    judged: &Judged<'_>,
    style: Style,
) {
    let widest = header
        .iter()
        .skip(1)
        .map(|title| title.width())
        .max()
        .unwrap_or(0);
    for (row, of) in cells.iter().zip(&judged.rows) {
        let severity = of.severity.filter(|_| of.yielded.is_none());
        let severity = severity.map_or(String::new(), |severity| {
            format!("  {}", paint(severity_style(severity), severity))
        });
        let head = format!("{}{severity}", paint(BOLD, &row[0]));
        line(out, &head, "  ", 4, style);
        for (title, value) in header.iter().zip(row).skip(1) {
            wrapped(
                out,
                value,
                &format!("    {title:widest$}  "),
                widest + 6,
                style,
                2,
            );
        }
    }
}

pub(super) fn library(library: &Library<'_>, style: Style) -> String {
    let mut out = String::new();
    let id = library
        .checks
        .iter()
        .map(|check| check.id.as_str().width())
        .max()
        .unwrap_or(0);
    for check in &library.checks {
        let worst = library
            .rubric
            .worst(check)
            .map_or(String::from("–"), |severity| severity.to_string());
        let first = format!("{:id$}  {worst:8}  ", check.id.as_str());
        let title = visible(&check.title);
        if id + 32 > style.width {
            line(&mut out, first.trim_end(), "", 2, style);
            line(&mut out, &title, "    ", 4, style);
        } else {
            line(&mut out, &title, &first, id + 12, style);
        }
    }
    finish(out, style)
}

pub(super) fn doctor(doctor: &Doctor<'_>, style: Style) -> String {
    let mut out = String::new();
    let server = doctor.server;
    let who = format!(
        "role {} in {} at {} · PostgreSQL {}, {}{}",
        paint(BOLD, visible(&server.role)),
        visible(&server.database),
        visible(doctor.target),
        visible(&server.version),
        server.node(),
        if server.superuser {
            " · superuser: sees everything, more than an audit needs"
        } else {
            ""
        },
    );
    line(&mut out, &who, "", 2, style);
    out.push('\n');
    let area = doctor
        .areas
        .iter()
        .map(|sight| sight.area.width())
        .max()
        .unwrap_or(0);
    for sight in &doctor.areas {
        let extent = sight.extent();
        let colour = match extent {
            Extent::All => AnsiColor::Green,
            Extent::Part => AnsiColor::Yellow,
            Extent::Nothing => AnsiColor::Red,
        };
        let word = paint(
            Ansi::new().fg_color(Some(colour.into())),
            format!("{:7}", extent.word()),
        );
        let seen = sight.checks - sight.hidden().count();
        let _ = writeln!(
            out,
            "  {:area$}  sees {word}  {seen} of {} checks",
            sight.area, sight.checks
        );
    }
    let mut remedies: Vec<(String, String, Vec<&Check>)> = Vec::new();
    for (check, reason, remedy) in doctor
        .areas
        .iter()
        .flat_map(super::super::listing::Sight::hidden)
    {
        let remedy = remedy.unwrap_or_default();
        match remedies
            .iter_mut()
            .find(|(known, why, _)| known == remedy && (!remedy.is_empty() || why == reason))
        {
            Some((.., checks)) => checks.push(check),
            None => remedies.push((remedy.to_owned(), reason.to_owned(), vec![check])),
        }
    }
    if remedies.is_empty() {
        let text = "Nothing is hidden from this role that a check of this library wants.";
        out.push('\n');
        line(&mut out, text, "", 0, style);
    }
    for (remedy, reason, checks) in &remedies {
        out.push('\n');
        wrapped(
            &mut out,
            &format!("{}: {}", visible(reason), names(checks)),
            "",
            2,
            style,
            6,
        );
        if !remedy.is_empty() {
            wrapped(&mut out, &visible(remedy), "→ ", 2, style, 6);
        }
    }
    finish(out, style)
}
