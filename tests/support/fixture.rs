//! Reads the fixture of a check. Lines that begin with `-- @` are directives, all else is SQL; each paragraph
//! is sent as one batch. For the whole file, before the first section:
//!
//! - `-- @server own [name=value…]`: a server of its own, with these settings
//! - `-- @fact file.column = 30 days`: a fact that is set instead of read
//! - `-- @redact column…`: columns whose figures differ between majors or runs
//! - `-- @untestable: reason`
//! - `-- @from 14`: the sections that follow are for this major and later, at any place
//!
//! Sections, in any number and order:
//!
//! - `-- @good`: near misses; no finding, full points
//! - `-- @bad SEVERITY`: findings whose worst has this severity, fewer points; the rows are snapshotted
//! - `-- @fixed`: the SQL of the findings' fixes is run, and then it is as after `@good`
//! - `-- @unknown`: something cannot be judged, and that costs coverage
//! - `-- @shows`: rows of a check that grades nothing; snapshotted
//!
//! Within a section:
//!
//! - `-- @session NAME`: what follows runs in a session that stays open until the end
//! - `-- @sessions N`: … in N such sessions at once
//! - `-- @background N`: … in N such sessions, which are not waited for
//! - `-- @fails`: … in a new session, whose last batch has to fail
//! - `-- @then`: … in a new session that ends with it, as at the start of a section
//! - `-- @later TIME`: the server's clock is that much further when the check is judged

#![allow(dead_code, unreachable_pub)]

use std::path::Path;

use pgaudit::check::Severity;
use pgaudit::value::parse_seconds;

#[derive(Debug, Default)]
pub struct Fixture {
    /// Settings of a server of its own.
    pub server: Option<Vec<(String, String)>>,
    pub facts: Vec<(String, f64)>,
    pub redact: Vec<String>,
    pub untestable: Option<String>,
    pub sections: Vec<Section>,
    from: u32,
}

#[derive(Debug)]
pub struct Section {
    pub expects: Expects,
    /// The first major that it is for.
    pub from: u32,
    /// Seconds by which the clock is moved.
    pub later: f64,
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
    Good,
    Bad(Severity),
    Fixed,
    Unknown,
    Shows,
}

#[derive(Debug)]
pub struct Part {
    pub who: Who,
    pub batches: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A session that ends with the part.
    Fresh,
    /// The same, and something in it has to fail.
    Failing,
    Named(String),
    Many {
        count: usize,
        waited_for: bool,
    },
}

impl Fixture {
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Self::parse(&text).map_err(|message| format!("{}: {message}", path.display()))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut fixture = Self::default();
        let mut sql = String::new();
        for line in text.lines() {
            let Some(directive) = line.strip_prefix("-- @") else {
                sql.push_str(line);
                sql.push('\n');
                continue;
            };
            fixture.close(&mut sql)?;
            let (word, rest) = directive.split_once([' ', ':']).unwrap_or((directive, ""));
            fixture
                .directive(word, rest.trim())
                .ok_or_else(|| format!("`{line}` is no directive"))?;
        }
        fixture.close(&mut sql)?;
        if fixture.sections.is_empty() && fixture.untestable.is_none() {
            return Err(String::from(
                "no section: @good, @bad, @fixed, @unknown or @shows",
            ));
        }
        Ok(fixture)
    }

    fn directive(&mut self, word: &str, rest: &str) -> Option<()> {
        let expects = match (word, rest) {
            ("good", "") => Some(Expects::Good),
            ("bad", "info") => Some(Expects::Bad(Severity::Info)),
            ("bad", "warning") => Some(Expects::Bad(Severity::Warning)),
            ("bad", "critical") => Some(Expects::Bad(Severity::Critical)),
            ("fixed", "") => Some(Expects::Fixed),
            ("unknown", "") => Some(Expects::Unknown),
            ("shows", "") => Some(Expects::Shows),
            _ => None,
        };
        if let Some(expects) = expects {
            self.sections.push(Section {
                expects,
                from: self.from,
                later: 0.0,
                parts: vec![Part::new(Who::Fresh)],
            });
            return Some(());
        }
        let section = self.sections.last_mut();
        let who = match word {
            "then" => Who::Fresh,
            "session" => Who::Named(rest.to_owned()),
            "fails" => Who::Failing,
            "sessions" => Who::Many {
                count: rest.parse().ok()?,
                waited_for: true,
            },
            "background" => Who::Many {
                count: rest.parse().ok()?,
                waited_for: false,
            },
            "later" => {
                section?.later = parse_seconds(rest)?;
                return Some(());
            }
            "server" => {
                let settings = rest.strip_prefix("own")?.split_whitespace();
                let pair = |setting: &str| {
                    setting
                        .split_once('=')
                        .map(|(name, value)| (name.to_owned(), value.to_owned()))
                };
                self.server = Some(settings.map(pair).collect::<Option<_>>()?);
                return Some(());
            }
            "fact" => {
                let (name, value) = rest.split_once('=')?;
                self.facts
                    .push((name.trim().to_owned(), parse_seconds(value.trim())?));
                return Some(());
            }
            "redact" => {
                self.redact
                    .extend(rest.split_whitespace().map(str::to_owned));
                return Some(());
            }
            "from" => {
                self.from = rest.parse().ok()?;
                return Some(());
            }
            "untestable" => {
                self.untestable = Some(rest.to_owned());
                return Some(());
            }
            _ => return None,
        };
        section?.parts.push(Part::new(who));
        Some(())
    }

    fn close(&mut self, sql: &mut String) -> Result<(), String> {
        let text = std::mem::take(sql);
        let is_sql = |paragraph: &&str| {
            paragraph
                .lines()
                .any(|line| !line.trim().is_empty() && !line.starts_with("--"))
        };
        let batches: Vec<_> = text
            .split("\n\n")
            .filter(is_sql)
            .map(|batch| batch.trim().to_owned())
            .collect();
        if batches.is_empty() {
            return Ok(());
        }
        let part = self
            .sections
            .last_mut()
            .and_then(|section| section.parts.last_mut());
        part.ok_or("SQL before the first section")?
            .batches
            .extend(batches);
        Ok(())
    }
}

impl Part {
    fn new(who: Who) -> Self {
        Self {
            who,
            batches: Vec::new(),
        }
    }
}
