//! For people: a terminal, a pager, a mail. Styles are written as escape sequences and stripped where
//! the output is no terminal.

mod audit;
mod grid;

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};
use textwrap::core::display_width;
use unicode_width::UnicodeWidthStr as _;

use crate::check::sql::{Kind, tokens};
use crate::check::{Check, Severity};
use crate::listing::{Doctor, Extent, Hidden, Library};
use crate::render::Style;
use crate::render::escape::{statement, visible};
use crate::snapshot::Snapshot;
use crate::value::{Unit, Value, duration, grouped};

pub(super) use audit::{score, scores};
pub(super) use grid::tables;

/// How many objects of one check are shown before the rest becomes a number.
const OBJECTS: usize = 3;

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

/// Appends a statement, whole and never broken within a name or a string.
fn to_copy(out: &mut String, sql: &str, first: &str, indent: usize, style: Style) {
    // A sign that no wrapping takes for a space; `statement` leaves no private one of its own.
    const SPACE: &str = "\u{f8ff}";
    let mut kept = statement(sql);
    let quoted: Vec<_> = tokens(&kept)
        .unwrap_or_default()
        .into_iter()
        .filter(|token| matches!(token.kind, Kind::Quoted | Kind::Text))
        .map(|token| token.at..token.at + token.text.len())
        .collect();
    for range in quoted.into_iter().rev() {
        let unbroken = kept[range.clone()].replace(' ', SPACE);
        kept.replace_range(range, &unbroken);
    }
    let hanging = " ".repeat(indent);
    let options = textwrap::Options::new(style.width.max(indent + 20))
        .initial_indent(first)
        .subsequent_indent(&hanging)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    for line in textwrap::wrap(&kept, options) {
        let _ = writeln!(out, "{}", line.replace(SPACE, " "));
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
            "{} {}, {}",
            grouped(*tables),
            if *tables == 1 { "table" } else { "tables" },
            Unit::Bytes.show(size, snapshot.taken())
        ));
    }
    if !snapshot.schemas.is_all() {
        facts.push(visible(&snapshot.schemas.to_string()));
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
    for replica in &snapshot.replicas {
        line(out, &visible(&replica.to_string()), "replica ", 4, style);
    }
    if let Some(stopped) = snapshot.stopped {
        let why = match stopped {
            crate::snapshot::Stopped::Deadline => "the deadline passed",
            crate::snapshot::Stopped::Interrupt | crate::snapshot::Stopped::Terminate => {
                "interrupted"
            }
            crate::snapshot::Stopped::Lost => "the connection was lost twice",
        };
        let text = format!("cut short: {why}; what was measured until then follows");
        line(out, &paint(BOLD, text), "", 2, style);
    }
    out.push('\n');
}

fn names(checks: &[&Check]) -> String {
    checks
        .iter()
        .map(|check| check.id.as_str())
        .collect::<Vec<_>>()
        .join(", ")
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
        let _ = writeln!(
            out,
            "  {:area$}  sees {word}  {} of {} checks",
            sight.area,
            sight.seen(),
            sight.checks
        );
    }
    let mut remedies: Vec<(String, String, Vec<&Check>)> = Vec::new();
    let hidden = doctor.areas.iter().flat_map(crate::listing::Sight::hidden);
    for Hidden {
        check,
        reason,
        remedy,
    } in hidden
    {
        let remedy = remedy.as_deref().unwrap_or_default();
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
