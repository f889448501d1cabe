//! The arithmetic of a score, to the last digit.

use std::fmt::Write as _;

use crate::explain::fold;
use crate::render::escape::visible;
use crate::report::Report;
use crate::score::{CriterionScore, Missing, Scorecard};
use crate::value::{Unit, percent};

/// The arithmetic of a score, to the last digit.
pub fn score(report: &Report<'_>) -> String {
    let Some(card) = &report.score else {
        return crate::gate::nothing(report.snapshot) + "\n";
    };
    let mut out = format!("# Score of profile {}\n\n", report.profile.id);
    out.push_str(
        "c = weight of the dimension × weight of the criterion ÷ sum of the criteria's weights. Seen is the share of the objects that\n\
         could be judged. Points are the lowest of what the curve gives for the measure, what the second curve gives for the number of\n\
         rows, and what the worst finding leaves.\n",
    );
    for dimension in &card.dimensions {
        let _ = writeln!(
            out,
            "\n## {} (weight {})\n",
            dimension.dimension.title, dimension.weight
        );
        if dimension.criteria.is_empty() {
            let _ = writeln!(
                out,
                "No criteria: c = {} is not assessed.",
                dimension.weight
            );
            continue;
        }
        for criterion in &dimension.criteria {
            let _ = writeln!(out, "- {}", step(criterion));
        }
    }
    sums(&mut out, card);
    out
}

fn step(score: &CriterionScore<'_>) -> String {
    let name = format!("`{}` (c = {:.6})", score.criterion.id, score.weight);
    match &score.result {
        Err(Missing::NotApplicable(reason)) => {
            format!(
                "{name}: does not apply ({}); c leaves all sums",
                visible(reason)
            )
        }
        // A reason may name the database or the role.
        Err(Missing::Unseen(unseen)) => {
            format!("{name}: not assessed ({})", visible(&unseen.reason))
        }
        Ok(points) => {
            let per = score
                .criterion
                .per
                .as_deref()
                .map(|per| format!(" ÷ {per}"))
                .unwrap_or_default();
            let mut text = format!(
                "{name}: {}{per} = {:.6}{}; the curve gives {:.6}",
                fold(&score.criterion.fold),
                points.measure,
                if score.criterion.unit == Unit::Ratio {
                    format!(" ({})", percent(points.measure))
                } else {
                    String::new()
                },
                points.by_curve
            );
            if let Some((count, by_count)) = points.by_count {
                let _ = write!(text, ", {count} rows give {by_count:.6}");
            }
            if let Some((severity, most)) = points.at_most {
                let _ = write!(text, ", a finding of severity {severity} leaves {most}");
            }
            if points.assessed < 1.0 {
                let _ = write!(
                    text,
                    ", with all unseen objects as findings {:.6}",
                    points.lowest
                );
            }
            let _ = write!(
                text,
                "; points {:.6}, seen {:.6}, costs {:.6} of the total",
                points.points, points.assessed, score.gain
            );
            text
        }
    }
}

fn sums(out: &mut String, card: &Scorecard<'_>) {
    let mut all = 0.0;
    let mut seen = 0.0;
    let mut points = 0.0;
    let mut least = 0.0;
    for dimension in &card.dimensions {
        if dimension.criteria.is_empty() {
            all += dimension.weight;
        }
        for criterion in &dimension.criteria {
            match &criterion.result {
                Ok(result) => {
                    all += criterion.weight;
                    seen += criterion.weight * result.assessed;
                    points += criterion.weight * result.assessed * result.points;
                    least += criterion.weight * result.least();
                }
                Err(Missing::Unseen(_)) => all += criterion.weight,
                Err(Missing::NotApplicable(_)) => {}
            }
        }
    }
    let _ = writeln!(out, "\n## Sums\n");
    let _ = writeln!(
        out,
        "- Σ c = {all:.6}, Σ (c × seen) = {seen:.6}, Σ (c × seen × points) = {points:.6}, Σ (c × least points) = {least:.6}"
    );
    let _ = writeln!(
        out,
        "- coverage = {seen:.6} ÷ {all:.6} = {:.6}",
        card.coverage
    );
    if seen > 0.0 {
        let _ = writeln!(
            out,
            "- total = 10 × {points:.6} ÷ {seen:.6} = {:.6}",
            10.0 * points / seen
        );
    }
    if all > 0.0 {
        let _ = writeln!(
            out,
            "- low end = 10 × {least:.6} ÷ {all:.6} = {:.6}",
            10.0 * least / all
        );
        let _ = writeln!(
            out,
            "- high end = 10 × ({points:.6} + 10 × ({all:.6} − {seen:.6})) ÷ {all:.6} = {:.6}",
            10.0 * (points + 10.0 * (all - seen)) / all
        );
    }
    for cap in &card.caps {
        let _ = writeln!(
            out,
            "- cap `{}`: at most {}, because {}",
            cap.id, cap.total, cap.because
        );
    }
    match card.total {
        Some(total) => {
            let _ = writeln!(
                out,
                "- printed, rounded down to a tenth: {total:.1} ({:.1}–{:.1})",
                card.low, card.high
            );
        }
        None => {
            let _ = writeln!(
                out,
                "- no total: the coverage is below the profile's {}",
                percent(card.min_coverage)
            );
        }
    }
}
