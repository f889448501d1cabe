//! Everything a report says, ready to be drawn: score, findings by points to gain, what was not assessed. Pure.

use std::collections::BTreeMap;

use crate::assess::{Graded, Judged, State, Unseen, judge};
use crate::catalog::Catalog;
use crate::check::{Check, Severity, fill};
use crate::rubric::{Profile, Rubric};
use crate::score::{CriterionScore, Missing, Scorecard, score};
use crate::snapshot::{Row, Snapshot};
use crate::value::Unit;

/// The profile whose number is printed beside the one of `default`.
pub const VITALS: &str = "health";

/// One audit of one database, judged.
#[derive(Debug)]
pub struct Report<'a> {
    pub snapshot: &'a Snapshot,
    pub rubric: &'a Rubric,
    pub profile: &'a Profile,
    /// `None` where there is no table to judge.
    pub score: Option<Scorecard<'a>>,
    /// The total by vital signs alone, beside the default profile.
    pub vitals: Option<Scorecard<'a>>,
    pub judged: Vec<Judged<'a>>,
    /// By points to gain, then by severity.
    pub findings: Vec<Finding<'a>>,
    /// Criteria below full points for which no finding answers, by points to gain.
    pub losses: Vec<Loss>,
    /// What could not be seen, grouped by its remedy; the heaviest first.
    pub not_assessed: Vec<NotAssessed<'a>>,
}

/// A fault of one object, with its evidence and what to do.
#[derive(Debug, Clone)]
pub struct Finding<'a> {
    pub check: &'a Check,
    pub object: String,
    pub severity: Severity,
    /// A sentence with the figures.
    pub evidence: String,
    /// A statement, or advice.
    pub fix: Option<NextStep>,
    /// Points of the total that it costs.
    pub gain: f64,
    pub row: &'a Row,
    /// Titles of checks that report the same object for the same cause.
    pub also: Vec<&'a Check>,
}

/// What to do about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    Sql(String),
    Advice(String),
}

impl NextStep {
    pub fn text(&self) -> &str {
        match self {
            Self::Sql(text) | Self::Advice(text) => text,
        }
    }
}

impl Finding<'_> {
    /// Stable over runs: the check and the object.
    pub fn fingerprint(&self) -> String {
        format!("{} {}", self.check.id, self.object)
    }
}

/// A criterion that costs points without a finding.
#[derive(Debug, Clone)]
pub struct Loss {
    /// `dimension/criterion`.
    pub criterion: String,
    pub title: String,
    pub check: String,
    pub evidence: String,
    pub gain: f64,
}

/// Checks that share one reason, or one remedy.
#[derive(Debug, Clone)]
pub struct NotAssessed<'a> {
    pub reason: String,
    pub remedy: Option<String>,
    /// Wholly unseen checks.
    pub checks: Vec<&'a Check>,
    /// Objects that could not be judged, with their check.
    pub objects: Vec<(&'a Check, String)>,
    /// The share of the weight that is missing for it.
    pub weight: f64,
}

/// Judges a snapshot by a rubric's profile.
pub fn assess<'a>(
    snapshot: &'a Snapshot,
    catalog: &'a Catalog,
    rubric: &'a Rubric,
    profile: &'a Profile,
) -> Report<'a> {
    let checks = rubric.checks(profile, catalog);
    let judged = judge(snapshot, &checks, catalog, rubric);
    let empty = snapshot.fact("population.tables") == Some(0.0);
    let card = (!empty).then(|| score(snapshot, &judged, rubric, profile, catalog));
    let vitals = rubric
        .profile(VITALS)
        .filter(|_| profile.id == "default" && !empty)
        .map(|vitals| {
            let checks = rubric.checks(vitals, catalog);
            let judged = judge(snapshot, &checks, catalog, rubric);
            score(snapshot, &judged, rubric, vitals, catalog)
        });

    let mut row_gains: BTreeMap<(&str, usize), f64> = BTreeMap::new();
    for (_, criterion) in card.iter().flat_map(Scorecard::criteria) {
        for (row, gain) in &criterion.row_gains {
            *row_gains
                .entry((criterion.check.id.as_str(), *row))
                .or_default() += gain;
        }
    }
    let mut findings = Vec::new();
    for check in &judged {
        for (at, graded) in check.rows.iter().enumerate() {
            if let Some(severity) = graded.severity.filter(|_| graded.is_finding()) {
                let gain = row_gains
                    .get(&(check.check.id.as_str(), at))
                    .copied()
                    .unwrap_or(0.0);
                findings.push(finding(snapshot, check.check, graded, severity, gain));
            }
        }
    }
    findings.sort_by(|a, b| {
        let by_gain = b.gain.total_cmp(&a.gain);
        by_gain
            .then(b.severity.cmp(&a.severity))
            .then(a.check.id.cmp(&b.check.id))
            .then(a.object.cmp(&b.object))
    });
    let mut losses: Vec<_> = card
        .iter()
        .flat_map(Scorecard::criteria)
        .filter_map(|(_, criterion)| loss(snapshot, &judged, criterion))
        .collect();
    losses.sort_by(|a, b| {
        b.gain
            .total_cmp(&a.gain)
            .then(a.criterion.cmp(&b.criterion))
    });
    let not_assessed = not_assessed(&judged, card.as_ref());
    Report {
        snapshot,
        rubric,
        profile,
        score: card,
        vitals,
        judged,
        findings,
        losses,
        not_assessed,
    }
}

impl Report<'_> {
    /// The groups for people: where each object of many has a remedy of its own, one stands for all.
    pub fn not_assessed_in_short(&self) -> Vec<NotAssessed<'_>> {
        const MANY: usize = 3;
        let alike = |group: &NotAssessed<'_>, other: &NotAssessed<'_>| {
            group.checks.is_empty() && other.checks.is_empty() && group.reason == other.reason
        };
        let mut short: Vec<NotAssessed<'_>> = Vec::new();
        for group in &self.not_assessed {
            let many = self
                .not_assessed
                .iter()
                .filter(|other| alike(group, other))
                .count()
                > MANY;
            match short.iter_mut().find(|known| many && alike(known, group)) {
                Some(known) => known.objects.extend(group.objects.iter().cloned()),
                None => short.push(NotAssessed {
                    remedy: group.remedy.as_ref().map(|remedy| {
                        if many {
                            format!("{remedy}, and so on for each")
                        } else {
                            remedy.clone()
                        }
                    }),
                    ..group.clone()
                }),
            }
        }
        short
    }

    /// The bands between the two ends of the range, where they are not one.
    pub fn bands(&self, card: &Scorecard<'_>) -> Option<String> {
        let (low, high) = (self.rubric.band(card.low), self.rubric.band(card.high));
        (low != high).then(|| format!("{low} to {high}"))
    }
}

/// The evidence of a row: the check's own sentence, or its columns.
pub fn evidence(snapshot: &Snapshot, check: &Check, row: &Row) -> String {
    let shown = |name: &str| match (name, check.unit(name)) {
        ("object", _) => row.object.clone(),
        (_, Some(Unit::Text)) => beginning(row.get(name).text().unwrap_or_default()),
        (_, Some(unit)) => unit.show(row.get(name), snapshot.taken()),
        (_, None) => String::new(),
    };
    if let Some(template) = &check.says {
        fill(template, shown)
    } else {
        let others = check.shown().filter(|column| column.name != "object");
        others
            .map(|column| format!("{} {}", column.heading(), shown(&column.name)))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// As much of a statement's text as tells it from others; the check's table has all of it.
fn beginning(text: &str) -> String {
    const LENGTH: usize = 120;
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// What to do about a row: its own advice, or the fix of the header.
pub fn next_step(check: &Check, row: &Row) -> Option<NextStep> {
    if let Some(advice) = row.get("advice").text() {
        return Some(NextStep::Advice(advice.to_owned()));
    }
    let fix = check.fix.as_ref()?;
    let text = fill(fix.template(), |name| match check.unit(name) {
        _ if name == "object" => row.object.clone(),
        // Advice is read by people only.
        Some(Unit::Bytes) if fix.sql.is_none() => {
            Unit::Bytes.show(row.get(name), jiff::Timestamp::UNIX_EPOCH)
        }
        _ => row.get(name).to_string(),
    });
    Some(if fix.sql.is_some() {
        NextStep::Sql(text)
    } else {
        NextStep::Advice(text)
    })
}

fn finding<'a>(
    snapshot: &Snapshot,
    check: &'a Check,
    graded: &Graded<'a>,
    severity: Severity,
    gain: f64,
) -> Finding<'a> {
    Finding {
        check,
        object: graded.row.object.clone(),
        severity,
        evidence: evidence(snapshot, check, graded.row),
        fix: next_step(check, graded.row),
        gain,
        row: graded.row,
        also: graded.also.clone(),
    }
}

/// The part of a criterion's cost that no finding has.
fn loss(snapshot: &Snapshot, judged: &[Judged<'_>], score: &CriterionScore<'_>) -> Option<Loss> {
    let check = judged
        .iter()
        .find(|judged| judged.check.id == score.check.id)?;
    let of_findings = |at: &usize| check.rows.get(*at).is_some_and(Graded::is_finding);
    let told: f64 = score
        .row_gains
        .iter()
        .filter(|(at, _)| of_findings(at))
        .map(|(_, gain)| gain)
        .sum();
    let gain = score.gain - told;
    if gain < 0.05 {
        return None;
    }
    let worst = score
        .row_gains
        .iter()
        .filter(|(at, _)| !of_findings(at))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let evidence = worst.and_then(|(at, _)| check.rows.get(*at)).map(|graded| {
        format!(
            "{}: {}",
            graded.row.object,
            evidence(snapshot, check.check, graded.row)
        )
    });
    Some(Loss {
        criterion: score.criterion.id.clone(),
        title: score.criterion.title.clone(),
        check: score.check.id.to_string(),
        evidence: evidence.unwrap_or_default(),
        gain,
    })
}

fn not_assessed<'a>(judged: &[Judged<'a>], card: Option<&Scorecard<'a>>) -> Vec<NotAssessed<'a>> {
    let criteria: Vec<_> = card
        .iter()
        .flat_map(|card| card.criteria())
        .map(|(_, criterion)| criterion)
        .collect();
    let all: f64 = card
        .iter()
        .flat_map(|card| &card.dimensions)
        .map(|dimension| dimension.weight)
        .sum();
    let weight_of = |check: &Check| -> f64 {
        let mine = criteria
            .iter()
            .filter(|criterion| criterion.check.id == check.id);
        let missing = mine.map(|criterion| match &criterion.result {
            Ok(points) => criterion.weight * (1.0 - points.assessed),
            Err(Missing::Unseen(_)) => criterion.weight,
            Err(Missing::NotApplicable(_)) => 0.0,
        });
        if all > 0.0 {
            missing.sum::<f64>() / all
        } else {
            0.0
        }
    };
    let mut groups = Groups::default();
    for check in judged {
        if let State::Unseen(unseen) = &check.state {
            let group = groups.of(unseen);
            group.checks.push(check.check);
            group.weight += weight_of(check.check);
        }
        // Counted in whole numbers of objects, far below 2^53.
        #[allow(clippy::cast_precision_loss)]
        let part = weight_of(check.check) / (check.unknown.len().max(1) as f64);
        for unknown in &check.unknown {
            let group = groups.of(&Unseen {
                reason: unknown.reason.clone(),
                remedy: unknown.remedy.clone(),
            });
            group.objects.push((check.check, unknown.object.clone()));
            group.weight += part;
        }
    }
    let mut groups: Vec<_> = groups.0.into_values().collect();
    groups.sort_by(|a, b| {
        b.weight
            .total_cmp(&a.weight)
            .then_with(|| a.reason.cmp(&b.reason))
    });
    groups
}

/// A remedy mends all that wants it; without one, the reason is what things have in common.
#[derive(Default)]
struct Groups<'a>(BTreeMap<(Option<String>, String), NotAssessed<'a>>);

impl<'a> Groups<'a> {
    fn of(&mut self, unseen: &Unseen) -> &mut NotAssessed<'a> {
        let reason = if unseen.remedy.is_some() {
            String::new()
        } else {
            unseen.reason.clone()
        };
        self.0
            .entry((unseen.remedy.clone(), reason))
            .or_insert_with(|| NotAssessed {
                reason: unseen.reason.clone(),
                remedy: unseen.remedy.clone(),
                checks: Vec::new(),
                objects: Vec::new(),
                weight: 0.0,
            })
    }
}
