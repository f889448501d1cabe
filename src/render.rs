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
