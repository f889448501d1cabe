//! Reports → text. Each format stands in a file of its own and draws the same report.

pub mod escape;
pub mod json;
mod markdown;
mod table;

use std::path::Path;

use crate::gate::Verdict;
use crate::listing::{Doctor, Library, Tables};
use crate::overview::Overview;
use crate::report::Report;
use crate::snapshot::{Cost, Part};

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people at a terminal or in a mail
    Table,
    /// For programs; versioned by `schema_version`
    Json,
    /// For pull requests, wikis and chats
    Markdown,
}

impl Format {
    /// What the ending of a file's name promises.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "json" => Some(Self::Json),
            "md" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// How a table for people is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether signs beyond ASCII will show.
    pub unicode: bool,
    /// Whether long lists are shown whole.
    pub all: bool,
}

/// How many of the dearest questions are shown.
const DEAREST: usize = 15;

/// What an audit cost: the dearest questions, then the sums. What was asked, milliseconds, rows, bytes.
fn costs(costs: &[Cost], all: bool) -> Vec<[String; 4]> {
    let row = |name: String, of: &[&Cost]| {
        let sum = |figure: fn(&Cost) -> u64| of.iter().map(|cost| figure(cost)).sum::<u64>();
        [
            name,
            // The sum of nothing is −0.
            format!("{:.1}", of.iter().map(|cost| cost.ms).sum::<f64>() + 0.0),
            sum(|cost| cost.rows).to_string(),
            sum(|cost| cost.bytes).to_string(),
        ]
    };
    let mut dearest: Vec<_> = costs.iter().collect();
    dearest.sort_by(|a, b| b.ms.total_cmp(&a.ms));
    let named = |cost: &&Cost| match cost.part {
        Part::Detail => format!("{}, details", cost.name),
        _ => cost.name.clone(),
    };
    let shown = if all { dearest.len() } else { DEAREST };
    let mut rows: Vec<_> = dearest
        .iter()
        .take(shown)
        .map(|cost| row(named(cost), &[cost]))
        .collect();
    rows.extend(Part::ALL.into_iter().map(|part| {
        let of: Vec<_> = costs.iter().filter(|cost| cost.part == part).collect();
        row(format!("all {}", part.title()), &of)
    }));
    rows.push(row(String::from("sum"), &dearest));
    rows
}

/// A score with its findings.
pub fn score(report: &Report<'_>, verdict: &Verdict, format: Format, style: Style) -> String {
    match format {
        Format::Table => table::score(report, verdict, style),
        Format::Json => json::score(report, verdict),
        Format::Markdown => markdown::score(report, verdict),
    }
}

/// The scores of several databases, and a summary.
pub fn scores(overview: &Overview<'_>, format: Format, style: Style) -> String {
    match format {
        Format::Table => table::scores(overview, style),
        Format::Json => json::scores(overview),
        Format::Markdown => markdown::scores(overview),
    }
}

/// The tables of single checks.
pub fn tables(tables: &Tables<'_>, format: Format, style: Style) -> String {
    match format {
        Format::Table => table::tables(tables, style),
        Format::Json => json::tables(tables),
        Format::Markdown => markdown::tables(tables),
    }
}

/// The library of checks.
pub fn library(library: &Library<'_>, format: Format, style: Style) -> String {
    match format {
        Format::Table => table::library(library, style),
        Format::Json => json::library(library),
        Format::Markdown => markdown::library(library),
    }
}

/// What a role can see.
pub fn doctor(doctor: &Doctor<'_>, format: Format, style: Style) -> String {
    match format {
        Format::Table => table::doctor(doctor, style),
        Format::Json => json::doctor(doctor),
        Format::Markdown => markdown::doctor(doctor),
    }
}
