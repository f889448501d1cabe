//! The rows of checks, as tables where the width allows it and as lists where not.

use std::fmt::Write as _;

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, Width, presets,
};
use unicode_width::UnicodeWidthStr as _;

use crate::assess::{Judged, State, Unseen};
use crate::listing::Tables;
use crate::render::Style;
use crate::render::escape::visible;
use crate::render::table::{
    BOLD, DIM, OBJECTS, finish, header, line, paint, severity_style, titled, wrapped,
};
use crate::snapshot::{Snapshot, Unknown};
use crate::value::Unit;

pub(in crate::render) fn tables(tables: &Tables<'_>, style: Style) -> String {
    let mut out = String::new();
    header(&mut out, tables.snapshot, style);
    for (number, judged) in tables.judged.iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        one_table(&mut out, tables.snapshot, judged, style);
    }
    costs(&mut out, tables.snapshot, style);
    finish(out, style)
}

/// A table of names with figures.
pub(in crate::render::table) fn figures(
    out: &mut String,
    header: &[&str],
    rows: Vec<Vec<String>>,
    style: Style,
) {
    let mut table = grid(style);
    table.set_header(header);
    for row in rows {
        table.add_row(row);
    }
    for at in 1..header.len() {
        if let Some(column) = table.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let _ = writeln!(out, "{}", table.trim_fmt());
}

/// What the audit itself cost, where that was asked for.
pub(in crate::render::table) fn costs(out: &mut String, snapshot: &Snapshot, style: Style) {
    if snapshot.costs.is_empty() {
        return;
    }
    out.push('\n');
    let rows = crate::render::costs(&snapshot.costs, style.all);
    let rows = rows.into_iter().map(Vec::from).collect();
    figures(out, &["asked", "ms", "rows", "bytes"], rows, style);
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

    let mut table = grid(style);
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

/// An empty table: a rule below the header, and no other line.
pub(super) fn grid(style: Style) -> Table {
    let mut table = Table::new();
    let rule = if style.unicode { '─' } else { '-' };
    table
        .load_style(presets::NOTHING.header_separator(LineStyle::none().fill(rule).junction(rule)))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(style.width).unwrap_or(u16::MAX));
    table
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
