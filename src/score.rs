//! Judged checks × profile → points. Pure arithmetic, each step of which `explain score` can show.
//!
//! With c = the dimension's weight × the criterion's weight ÷ the sum of the criteria's weights:
//! total = 10 × Σ(c · assessed · points) ÷ Σ(c · assessed), coverage = Σ(c · assessed) ÷ Σ c, and the range counts
//! what could not be seen as 0 and as 10 points; the low end takes each object that could not be judged as a finding.
//! What does not apply leaves all sums.

use crate::assess::{Judged, State, Unseen};
use crate::catalog::Catalog;
use crate::check::{Check, Severity};
use crate::rubric::{Cap, Criterion, Dimension, Fold, Profile, Rubric};
use crate::snapshot::Snapshot;
use crate::value::Unit;

/// The points of one profile.
#[derive(Debug, Clone)]
pub struct Scorecard<'a> {
    pub dimensions: Vec<DimensionScore<'a>>,
    /// 0 to 100; `None` where the coverage is too small for a number.
    pub total: Option<f64>,
    /// The total before any cap.
    pub uncapped: Option<f64>,
    /// What the total can be at the least and at the most, whatever could not be seen.
    pub low: f64,
    pub high: f64,
    /// The share of the weight that was measured.
    pub coverage: f64,
    pub min_coverage: f64,
    /// The lowest first.
    pub caps: Vec<&'a Cap>,
}

#[derive(Debug, Clone)]
pub struct DimensionScore<'a> {
    pub dimension: &'a Dimension,
    pub weight: f64,
    /// 0 to 10; `None` where nothing of it was measured.
    pub points: Option<f64>,
    pub low: f64,
    pub high: f64,
    pub coverage: f64,
    pub criteria: Vec<CriterionScore<'a>>,
    /// Whether everything in it does not apply here.
    pub applies: bool,
}

#[derive(Debug, Clone)]
pub struct CriterionScore<'a> {
    pub criterion: &'a Criterion,
    pub check: &'a Check,
    /// Its part of all weights: c in the formulas.
    pub weight: f64,
    pub result: Result<Points, Missing>,
    /// Points of the total that it costs.
    pub gain: f64,
    /// The parts of the gain, by the index of the row in its check.
    pub row_gains: Vec<(usize, f64)>,
}

/// How a criterion came to its points.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    pub points: f64,
    /// The folded figure, divided by `per` where the criterion says so.
    pub measure: f64,
    /// What the curve gives for it.
    pub by_curve: f64,
    /// Folded rows, and what the curve over their number gives.
    pub by_count: Option<(f64, f64)>,
    /// The most that a finding of this severity leaves.
    pub at_most: Option<(Severity, f64)>,
    /// The points if everything that could not be judged were as bad as it can be.
    pub lowest: f64,
    /// The share of its objects that could be judged.
    pub assessed: f64,
}

impl Points {
    /// What the low end of the range counts.
    pub fn least(&self) -> f64 {
        self.lowest.min(self.points * self.assessed)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Missing {
    NotApplicable(String),
    Unseen(Unseen),
}

/// Rounded down to a tenth, once: the number that is printed and that gates compare.
pub fn printed(total: f64) -> f64 {
    // The margin keeps 79.3 from becoming 79.2 by the last bit of a sum.
    ((total * 10.0 + 1e-9).floor() / 10.0).clamp(0.0, 100.0)
}

/// Scores a profile.
pub fn score<'a>(
    snapshot: &Snapshot,
    judged: &[Judged<'a>],
    rubric: &'a Rubric,
    profile: &'a Profile,
    catalog: &'a Catalog,
) -> Scorecard<'a> {
    let mut dimensions: Vec<_> = rubric
        .dimensions
        .iter()
        .filter_map(|dimension| Some((dimension, profile.weight(dimension)?)))
        .map(|(dimension, weight)| {
            let criteria: Vec<_> = rubric.criteria(dimension, profile, catalog).collect();
            let all: f64 = criteria.iter().map(|(criterion, _)| criterion.weight).sum();
            let scores = criteria
                .into_iter()
                .map(|(criterion, check)| CriterionScore {
                    criterion,
                    check,
                    weight: if all > 0.0 {
                        weight * criterion.weight / all
                    } else {
                        0.0
                    },
                    result: points(snapshot, judged, criterion, rubric),
                    gain: 0.0,
                    row_gains: Vec::new(),
                });
            dimension_score(dimension, weight, scores.collect())
        })
        .collect();

    let sums = dimensions.iter().fold(Sums::default(), |sums, dimension| {
        sums.add(&dimension.sums())
    });
    for dimension in &mut dimensions {
        for criterion in &mut dimension.criteria {
            gains(criterion, snapshot, judged, sums.assessed);
        }
    }
    let of_profile = || {
        rubric
            .caps
            .iter()
            .filter(|cap| profile.caps.contains(&cap.id))
    };
    let mut caps: Vec<_> = of_profile()
        .filter(|cap| holds(snapshot, judged, cap))
        .collect();
    caps.sort_by(|a, b| a.total.total_cmp(&b.total));
    let limit = caps.first().map_or(100.0, |cap| cap.total);
    // What was not seen may be what a cap waits for.
    let possible = of_profile().filter(|cap| is_unseen(judged, &cap.check));
    let lowest = possible.map(|cap| cap.total);
    let low_limit = lowest.fold(limit, f64::min);

    let coverage = sums.coverage();
    let uncapped = sums
        .points()
        .map(|points| printed(10.0 * points))
        .filter(|_| coverage + 1e-9 >= profile.min_coverage);
    Scorecard {
        total: uncapped.map(|total| total.min(limit)),
        uncapped,
        low: printed(10.0 * sums.low()).min(low_limit),
        high: printed(10.0 * sums.high()).min(limit),
        coverage,
        min_coverage: profile.min_coverage,
        caps,
        dimensions,
    }
}

impl Scorecard<'_> {
    /// The highest low end that there can be: dimensions without criteria are unseen in every database.
    pub fn reach(&self) -> f64 {
        let weight = |wanted: fn(&DimensionScore<'_>) -> bool| -> f64 {
            let dimensions = self.dimensions.iter().filter(|dimension| wanted(dimension));
            dimensions.map(|dimension| dimension.weight).sum()
        };
        printed(100.0 * weight(|dimension| !dimension.criteria.is_empty()) / weight(|_| true))
    }

    /// All criteria with their dimension.
    pub fn criteria(&self) -> impl Iterator<Item = (&DimensionScore<'_>, &CriterionScore<'_>)> {
        self.dimensions.iter().flat_map(|dimension| {
            dimension
                .criteria
                .iter()
                .map(move |criterion| (dimension, criterion))
        })
    }
}

/// The sums of the formulas.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    /// Σ c of what applies.
    weight: f64,
    /// Σ (c · assessed).
    assessed: f64,
    /// Σ (c · assessed · points).
    points: f64,
    /// Σ (c · the least of assessed · points and lowest).
    lowest: f64,
}

impl Sums {
    fn add(self, other: &Self) -> Self {
        Self {
            weight: self.weight + other.weight,
            assessed: self.assessed + other.assessed,
            points: self.points + other.points,
            lowest: self.lowest + other.lowest,
        }
    }

    fn points(&self) -> Option<f64> {
        (self.assessed > 0.0).then(|| self.points / self.assessed)
    }

    fn coverage(&self) -> f64 {
        if self.weight > 0.0 {
            self.assessed / self.weight
        } else {
            0.0
        }
    }

    fn low(&self) -> f64 {
        if self.weight > 0.0 {
            self.lowest / self.weight
        } else {
            0.0
        }
    }

    fn high(&self) -> f64 {
        if self.weight > 0.0 {
            (self.points + 10.0 * (self.weight - self.assessed)) / self.weight
        } else {
            0.0
        }
    }
}

fn dimension_score<'a>(
    dimension: &'a Dimension,
    weight: f64,
    criteria: Vec<CriterionScore<'a>>,
) -> DimensionScore<'a> {
    let mut score = DimensionScore {
        dimension,
        weight,
        points: None,
        low: 0.0,
        high: 10.0,
        coverage: 0.0,
        criteria,
        applies: true,
    };
    let sums = score.sums();
    score.points = sums.points();
    score.coverage = sums.coverage();
    score.applies = sums.weight > 0.0;
    if score.applies {
        (score.low, score.high) = (sums.low(), sums.high());
    }
    score
}

impl DimensionScore<'_> {
    fn sums(&self) -> Sums {
        if self.criteria.is_empty() {
            // Nothing measures it yet: it is unseen as a whole.
            return Sums {
                weight: self.weight,
                ..Sums::default()
            };
        }
        self.criteria
            .iter()
            .fold(Sums::default(), |sums, criterion| {
                let c = criterion.weight;
                sums.add(&match &criterion.result {
                    Ok(points) => {
                        let assessed = c * points.assessed;
                        Sums {
                            weight: c,
                            assessed,
                            points: assessed * points.points,
                            lowest: c * points.least(),
                        }
                    }
                    Err(Missing::Unseen(_)) => Sums {
                        weight: c,
                        ..Sums::default()
                    },
                    Err(Missing::NotApplicable(_)) => Sums::default(),
                })
            })
    }
}

fn points(
    snapshot: &Snapshot,
    judged: &[Judged<'_>],
    criterion: &Criterion,
    rubric: &Rubric,
) -> Result<Points, Missing> {
    let unseen = |reason: &str| {
        Missing::Unseen(Unseen {
            reason: reason.to_owned(),
            remedy: None,
        })
    };
    let check = judged
        .iter()
        .find(|judged| judged.check.id.as_str() == criterion.check);
    let check = check.ok_or_else(|| unseen("it was not asked"))?;
    match &check.state {
        State::Measured => {}
        State::NotApplicable(reason) => return Err(Missing::NotApplicable(reason.clone())),
        State::Unseen(unseen) => return Err(Missing::Unseen(unseen.clone())),
    }
    let assessed = assessed(check);
    let first_unknown = || {
        let first = check.unknown.first();
        first.map(|unknown| Unseen {
            reason: unknown.reason.clone(),
            remedy: unknown.remedy.clone(),
        })
    };
    if assessed == 0.0 {
        return Err(first_unknown().map_or_else(
            || unseen("none of its objects could be judged"),
            Missing::Unseen,
        ));
    }
    let folded = folded(check, criterion);
    let figures = |column: &str| -> Vec<f64> {
        let unit = check.check.unit(column).unwrap_or(Unit::Count);
        folded
            .iter()
            .filter_map(|at| unit.number(check.rows[*at].row.get(column), snapshot.taken()))
            .collect()
    };
    // Row counts stay far below 2^53.
    #[allow(clippy::cast_precision_loss)]
    let count = folded.len() as f64;
    let figure = match &criterion.fold {
        Fold::Count => Some(count),
        // An empty sum of floats is -0.0.
        Fold::Sum(column) => Some(
            figures(column)
                .into_iter()
                .fold(0.0, |sum, figure| sum + figure),
        ),
        Fold::Min(column) => figures(column).into_iter().reduce(f64::min),
        Fold::Max(column) => figures(column).into_iter().reduce(f64::max),
        Fold::Only(column) => Some(figures(column))
            .filter(|figures| figures.len() == 1)
            .map(|figures| figures[0]),
    };
    let Some(figure) = figure else {
        return Err(first_unknown().map_or_else(|| unseen("it gave no figure"), Missing::Unseen));
    };
    let whole = match criterion
        .per
        .as_deref()
        .map(|per| (per, snapshot.fact(per)))
    {
        None => 1.0,
        Some((_, Some(0.0))) => {
            return Err(Missing::NotApplicable(String::from(
                "there is nothing to take a share of",
            )));
        }
        Some((_, Some(whole))) => whole,
        Some((per, None)) => return Err(unseen(&format!("the fact {per} is not known"))),
    };
    let measure = figure / whole;
    let worst = check
        .rows
        .iter()
        .filter(|row| row.is_finding())
        .filter_map(|row| row.severity)
        .max();
    let seen = graded(criterion, rubric, measure, count, worst);
    Ok(Points {
        lowest: lowest(check, criterion, rubric, &seen, whole, count).unwrap_or(seen.points),
        assessed,
        ..seen
    })
}

/// What the curves and the worst finding leave.
fn graded(
    criterion: &Criterion,
    rubric: &Rubric,
    measure: f64,
    count: f64,
    worst: Option<Severity>,
) -> Points {
    let by_curve = criterion.curve.points(measure);
    let by_count = criterion
        .count_curve
        .as_ref()
        .map(|curve| (count, curve.points(count)));
    let at_most = match worst {
        Some(Severity::Critical) => Some((Severity::Critical, rubric.at_most.critical)),
        Some(Severity::Warning) => Some((Severity::Warning, rubric.at_most.warning)),
        Some(Severity::Info) | None => None,
    };
    let limits = [
        by_count.map(|(_, points)| points),
        at_most.map(|(_, points)| points),
    ];
    let points = limits.into_iter().flatten().fold(by_curve, f64::min);
    Points {
        points,
        lowest: points,
        measure,
        by_curve,
        by_count,
        at_most,
        assessed: 1.0,
    }
}

/// The points if each object that could not be judged were as bad as it can be: a share of the weight would not
/// do, as one more finding can cost more than its share. `None` where everything was judged.
fn lowest(
    check: &Judged<'_>,
    criterion: &Criterion,
    rubric: &Rubric,
    seen: &Points,
    whole: f64,
    count: f64,
) -> Option<f64> {
    if check.unknown.is_empty() {
        return None;
    }
    // Object counts stay far below 2^53.
    #[allow(clippy::cast_precision_loss)]
    let unknown = check.unknown.len() as f64;
    let measure = match &criterion.fold {
        Fold::Count => seen.measure + unknown / whole,
        // At the unseen objects' part of all.
        Fold::Sum(_) if criterion.per.is_some() => seen.measure + 1.0 - assessed(check),
        Fold::Sum(_) | Fold::Min(_) | Fold::Max(_) | Fold::Only(_) => return Some(0.0),
    };
    let worst = rubric.worst(check.check);
    let lowest = graded(criterion, rubric, measure, count + unknown, worst);
    Some(lowest.points.min(seen.points))
}

/// The share of a check's objects that could be judged.
fn assessed(check: &Judged<'_>) -> f64 {
    if check.unknown.is_empty() {
        return 1.0;
    }
    // Object counts stay far below 2^53.
    #[allow(clippy::cast_precision_loss)]
    let (unknown, known) = (check.unknown.len() as f64, check.rows.len() as f64);
    #[allow(clippy::cast_precision_loss)]
    let all = check
        .population
        .map_or(unknown + known, |population| population as f64);
    (1.0 - unknown / all.max(unknown)).clamp(0.0, 1.0)
}

/// The rows that a criterion folds, by their index.
fn folded(check: &Judged<'_>, criterion: &Criterion) -> Vec<usize> {
    let wanted = |at: &usize| {
        let row = &check.rows[*at];
        row.yielded.is_none() && (row.is_finding() || !criterion.findings_only)
    };
    (0..check.rows.len()).filter(wanted).collect()
}

/// What a criterion costs, and which part of it each row has.
fn gains(
    score: &mut CriterionScore<'_>,
    snapshot: &Snapshot,
    judged: &[Judged<'_>],
    assessed: f64,
) {
    let Ok(points) = &score.result else { return };
    if assessed <= 0.0 {
        return;
    }
    score.gain = 10.0 * score.weight * points.assessed * (10.0 - points.points) / assessed;
    let Some(check) = judged
        .iter()
        .find(|judged| judged.check.id == score.check.id)
    else {
        return;
    };
    let rows = folded(check, score.criterion);
    let figure = |at: usize, column: &str| {
        let unit = check.check.unit(column).unwrap_or(Unit::Count);
        unit.number(check.rows[at].row.get(column), snapshot.taken())
            .unwrap_or(0.0)
    };
    let parts: Vec<(usize, f64)> = match &score.criterion.fold {
        Fold::Count | Fold::Only(_) => rows.iter().map(|at| (*at, 1.0)).collect(),
        Fold::Sum(column) => rows.iter().map(|at| (*at, figure(*at, column))).collect(),
        Fold::Min(column) => extreme(&rows, |a, b| figure(a, column) < figure(b, column)),
        Fold::Max(column) => extreme(&rows, |a, b| figure(a, column) > figure(b, column)),
    };
    let whole: f64 = parts.iter().map(|(_, part)| part).sum();
    if whole > 0.0 {
        score.row_gains = parts
            .into_iter()
            .map(|(at, part)| (at, score.gain * part / whole))
            .collect();
    }
}

/// The first row that no other one beats has the whole part.
fn extreme(rows: &[usize], beats: impl Fn(usize, usize) -> bool) -> Vec<(usize, f64)> {
    let best = rows
        .iter()
        .copied()
        .reduce(|best, at| if beats(at, best) { at } else { best });
    best.map(|at| vec![(at, 1.0)]).unwrap_or_default()
}

/// Whether some of what a cap is about could not be seen.
fn is_unseen(judged: &[Judged<'_>], check: &str) -> bool {
    let check = judged
        .iter()
        .find(|judged| judged.check.id.as_str() == check);
    check.is_some_and(|check| match &check.state {
        State::Measured => !check.unknown.is_empty(),
        State::Unseen(_) => true,
        State::NotApplicable(_) => false,
    })
}

fn holds(snapshot: &Snapshot, judged: &[Judged<'_>], cap: &Cap) -> bool {
    let check = judged
        .iter()
        .find(|judged| judged.check.id.as_str() == cap.check);
    let fulfils = |row: &crate::snapshot::Row| {
        cap.when
            .iter()
            .all(|c| c.holds(row.get(&c.name), snapshot.taken()))
    };
    check.is_some_and(|check| {
        check.state == State::Measured && check.rows.iter().any(|graded| fulfils(graded.row))
    })
}
