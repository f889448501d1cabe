//! The text of a rubric → a rubric, or an error that names the entry's line and the nearest valid name.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::catalog::Catalog;
use crate::check::{Check, Evidence, Severity};
use crate::rubric::{
    AtMost, Band, Cap, Comparison, Condition, Criterion, Curve, DEFAULT, Dimension, Fold, Grade,
    Operand, Profile, Rubric,
};
use crate::value::{Unit, parse_seconds};
use crate::yaml::{self, Ordered, Source, Words};

/// What is wrong in a rubric, and where.
pub type Error = Box<yaml::Error>;

/// A word, a number or a flag, as it is written.
#[derive(Debug, Clone)]
struct Scalar(String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a number")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(text.to_owned()))
            }

            fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Scalar, E> {
                Ok(Scalar(flag.to_string()))
            }

            fn visit_i64<E: de::Error>(self, n: i64) -> Result<Scalar, E> {
                Ok(Scalar(n.to_string()))
            }

            fn visit_u64<E: de::Error>(self, n: u64) -> Result<Scalar, E> {
                Ok(Scalar(n.to_string()))
            }

            fn visit_f64<E: de::Error>(self, n: f64) -> Result<Scalar, E> {
                Ok(Scalar(n.to_string()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

type Conditions = Ordered<Scalar>;

#[derive(Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a mapping with `extends`, `findings` and so on"
)]
struct Raw {
    extends: Option<String>,
    min_counter_age: Option<Scalar>,
    at_most: RawAtMost,
    bands: Ordered<f64>,
    findings: Ordered<RawGrade>,
    dimensions: Ordered<RawDimension>,
    caps: Ordered<RawCap>,
    profiles: Ordered<RawProfile>,
    unscored: Ordered<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a mapping with `warning` and `critical`"
)]
struct RawAtMost {
    warning: Option<f64>,
    critical: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a mapping of severities to conditions"
)]
struct RawGrade {
    enough: Option<Conditions>,
    info: Option<Conditions>,
    warning: Option<Conditions>,
    critical: Option<Conditions>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a mapping with `title`, `weight` and `criteria`"
)]
struct RawDimension {
    title: Option<String>,
    weight: Option<f64>,
    criteria: Ordered<RawCriterion>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a mapping with `check`, `fold`, `curve` and so on"
)]
struct RawCriterion {
    title: Option<String>,
    check: Option<String>,
    fold: Option<String>,
    rows: Option<Rows>,
    per: Option<String>,
    weight: Option<f64>,
    curve: Option<Vec<(Scalar, f64)>>,
    count_curve: Option<Vec<(Scalar, f64)>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Rows {
    Findings,
    All,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a mapping with `check`, `when`, `total` and `because`"
)]
struct RawCap {
    check: Option<String>,
    when: Option<Conditions>,
    total: Option<f64>,
    because: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a mapping with `evidence`, `min_coverage` and so on"
)]
struct RawProfile {
    evidence: Option<Vec<Evidence>>,
    weights: Option<Ordered<f64>>,
    only: Option<Words>,
    min_coverage: Option<Scalar>,
    caps: Option<Words>,
}

/// Lays what a user's rubric says over the one that it extends.
trait Overlay {
    fn overlay(&mut self, over: Self);
}

impl<T: Overlay> Overlay for Option<T> {
    fn overlay(&mut self, over: Self) {
        match (self.as_mut(), over) {
            (Some(known), Some(over)) => known.overlay(over),
            (None, over) => *self = over,
            (Some(_), None) => {}
        }
    }
}

impl<V: Overlay> Overlay for Ordered<V> {
    fn overlay(&mut self, over: Self) {
        for (key, value) in over.0 {
            match self.0.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => known.overlay(value),
                None => self.0.push((key, value)),
            }
        }
    }
}

macro_rules! overlay_whole {
    ($($of:ty),*) => {
        $(impl Overlay for $of {
            fn overlay(&mut self, over: Self) {
                *self = over;
            }
        })*
    };
}

// A list has no keys by which one of its items could be meant.
overlay_whole! { f64, String, Scalar, Rows, Words, Vec<Evidence>, Vec<(Scalar, f64)> }

macro_rules! overlay_fields {
    ($($of:ident { $($field:ident),* })*) => {
        $(impl Overlay for $of {
            fn overlay(&mut self, over: Self) {
                $(self.$field.overlay(over.$field);)*
            }
        })*
    };
}

overlay_fields! {
    Raw { extends, min_counter_age, at_most, bands, findings, dimensions, caps, profiles, unscored }
    RawAtMost { warning, critical }
    RawGrade { enough, info, warning, critical }
    RawDimension { title, weight, criteria }
    RawCriterion { title, check, fold, rows, per, weight, curve, count_curve }
    RawCap { check, when, total, because }
    RawProfile { evidence, weights, only, min_coverage, caps }
}

pub(super) fn parse(file: &str, text: &str, catalog: &Catalog) -> Result<Rubric, Error> {
    let source = Source::new(file, text)?;
    let mut raw: Raw = source.parse()?;
    match raw.extends.as_deref() {
        None if raw.min_counter_age.is_none() => {
            let message = "`min_counter_age` is missing; a rubric that says only what differs begins with `extends: default`";
            return Err(source.error_at(&[], message).into());
        }
        None => {}
        Some("default") => {
            let mut base: Raw = Source::new("rubric.yaml", DEFAULT)?.parse()?;
            rename(&mut base.findings, &raw.findings, catalog);
            rename(&mut base.unscored, &raw.unscored, catalog);
            let scored = |id: &str| raw.dimensions.iter().any(|(_, of)| of.scores(id, catalog));
            base.unscored.0.retain(|(id, _)| !scored(id));
            base.overlay(raw);
            raw = base;
        }
        Some(other) => {
            let message = format!("`extends: {other}`: only `default` can be extended");
            return Err(source
                .unknown_at(&["extends"], message, other, ["default"])
                .into());
        }
    }
    Builder {
        source: &source,
        catalog,
    }
    .rubric(raw)
}

impl RawDimension {
    fn scores(&self, id: &str, catalog: &Catalog) -> bool {
        let id = catalog.check(id).map(|check| &check.id);
        let mut checks = self.criteria.iter().filter_map(|(_, c)| c.check.as_deref());
        checks.any(|check| catalog.check(check).map(|check| &check.id) == id)
    }
}

/// Gives an entry of the rubric below the former id that the one above it uses for the same check.
fn rename<V>(below: &mut Ordered<V>, above: &Ordered<V>, catalog: &Catalog) {
    let id = |name: &str| catalog.check(name).map(|check| check.id.clone());
    for name in above.keys() {
        let same = |(key, _): &&mut (String, V)| id(key).is_some_and(|key| Some(key) == id(name));
        if let Some((key, _)) = below.0.iter_mut().find(same) {
            name.clone_into(key);
        }
    }
}

struct Builder<'a> {
    source: &'a Source,
    catalog: &'a Catalog,
}

impl Builder<'_> {
    fn error<T>(&self, path: &[&str], message: impl Into<String>) -> Result<T, Error> {
        Err(self.source.error_at(path, message).into())
    }

    fn required<T>(&self, value: Option<T>, path: &[&str], key: &str) -> Result<T, Error> {
        value.map_or_else(|| self.error(path, format!("`{key}` is missing here")), Ok)
    }

    fn rubric(&self, raw: Raw) -> Result<Rubric, Error> {
        let age = self.required(raw.min_counter_age, &[], "min_counter_age")?;
        let Some(min_counter_age) = parse_seconds(&age.0) else {
            return self.error(
                &["min_counter_age"],
                format!("`{}` is not a duration such as 7 days", age.0),
            );
        };
        let at_most = AtMost {
            warning: self.points(raw.at_most.warning, "warning")?,
            critical: self.points(raw.at_most.critical, "critical")?,
        };
        let dimensions = self.dimensions(raw.dimensions)?;
        let rubric = Rubric {
            min_counter_age,
            at_most,
            bands: self.bands(&raw.bands)?,
            grades: self.grades(&raw.findings)?,
            unscored: self.unscored(&raw.unscored, &dimensions)?,
            dimensions,
            caps: self.caps(&raw.caps)?,
            profiles: Vec::new(),
        };
        if raw.profiles.is_empty() {
            return self.error(
                &["profiles"],
                "`profiles` is missing: there is nothing to select",
            );
        }
        let profiles = raw
            .profiles
            .iter()
            .map(|(id, profile)| self.profile(id, profile, &rubric));
        let profiles = profiles.collect::<Result<_, _>>()?;
        Ok(Rubric { profiles, ..rubric })
    }

    fn unscored(
        &self,
        raw: &Ordered<String>,
        dimensions: &[Dimension],
    ) -> Result<Vec<(String, String)>, Error> {
        let mut unscored: Vec<(String, String)> = Vec::new();
        for (name, reason) in raw.iter() {
            let path = ["unscored", name];
            let id = self.check(name, &path)?.id.to_string();
            let mut criteria = dimensions.iter().flat_map(|dimension| &dimension.criteria);
            if let Some(criterion) = criteria.find(|criterion| criterion.check == id) {
                let message = format!(
                    "`{id}` is scored by `{}`; a criterion of weight 0 costs nothing",
                    criterion.id
                );
                return self.error(&path, message);
            }
            if unscored.iter().any(|(known, _)| *known == id) {
                return self.error(&path, format!("`{id}` stands here twice"));
            }
            unscored.push((id, reason.clone()));
        }
        Ok(unscored)
    }

    fn points(&self, points: Option<f64>, severity: &str) -> Result<f64, Error> {
        let points = self.required(points, &["at_most"], severity)?;
        if !(0.0..=10.0).contains(&points) {
            return self.error(&["at_most", severity], "points lie between 0 and 10");
        }
        Ok(points)
    }

    fn bands(&self, raw: &Ordered<f64>) -> Result<Vec<Band>, Error> {
        let mut bands: Vec<Band> = Vec::new();
        for (title, from) in raw.iter() {
            if !(0.0..=100.0).contains(from) {
                return self.error(&["bands", title], "a band begins between 0 and 100");
            }
            let same = |band: &&Band| (band.from - from).abs() < f64::EPSILON;
            if let Some(other) = bands.iter().find(same) {
                let message = format!("`{}` begins at {from} as well", other.title);
                return self.error(&["bands", title], message);
            }
            let title = title.clone();
            bands.push(Band { title, from: *from });
        }
        // A rubric that extends another has no say in their order.
        bands.sort_by(|a, b| a.from.total_cmp(&b.from));
        if bands.first().is_none_or(|band| band.from > 0.0) {
            return self.error(&["bands"], "the lowest band begins at 0");
        }
        Ok(bands)
    }

    /// The check of this name, or the error that there is none.
    fn check(&self, id: &str, path: &[&str]) -> Result<&Check, Error> {
        self.catalog.check(id).ok_or_else(|| {
            let known = self.catalog.checks().map(|check| check.id.as_str());
            self.source
                .unknown_at(path, format!("there is no check `{id}`"), id, known)
                .into()
        })
    }

    fn unit(&self, check: &Check, column: &str, path: &[&str]) -> Result<Unit, Error> {
        check.unit(column).ok_or_else(|| {
            let known = check.columns.iter().map(|column| column.name.as_str());
            let message = format!("the check `{}` has no column `{column}`", check.id);
            self.source.unknown_at(path, message, column, known).into()
        })
    }

    fn fact(&self, name: &str, path: &[&str]) -> Result<Unit, Error> {
        self.catalog.fact(name).ok_or_else(|| {
            let known: Vec<_> = self.catalog.fact_names().map(|(name, _)| name).collect();
            let known = known.iter().map(String::as_str);
            self.source
                .unknown_at(path, format!("there is no fact `{name}`"), name, known)
                .into()
        })
    }

    fn conditions(
        &self,
        check: &Check,
        raw: &Conditions,
        path: &[&str],
        facts: bool,
    ) -> Result<Vec<Condition>, Error> {
        raw.iter()
            .map(|(name, text)| {
                let path: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
                let unit = if facts && name.contains('.') {
                    self.fact(name, &path)?
                } else {
                    self.unit(check, name, &path)?
                };
                condition(name, &text.0, unit).or_else(|message| self.error(&path, message))
            })
            .collect()
    }

    /// Conditions on columns, without which everything would fulfil them.
    fn some(
        &self,
        check: &Check,
        raw: &Conditions,
        path: &[&str],
    ) -> Result<Vec<Condition>, Error> {
        if raw.is_empty() {
            return self.error(path, "at least one condition is expected");
        }
        self.conditions(check, raw, path, false)
    }

    fn grades(&self, raw: &Ordered<RawGrade>) -> Result<Vec<Grade>, Error> {
        let mut grades: Vec<Grade> = Vec::new();
        for (id, grade) in raw.iter() {
            let check = self.check(id, &["findings", id])?;
            if grades.iter().any(|known| known.check == check.id.as_str()) {
                let message = format!("`{}` stands here twice", check.id);
                return self.error(&["findings", id], message);
            }
            let enough = grade
                .enough
                .as_ref()
                .map(|raw| self.conditions(check, raw, &["findings", id, "enough"], true));
            let mut severities = Vec::new();
            let levels = [
                (Severity::Critical, "critical", &grade.critical),
                (Severity::Warning, "warning", &grade.warning),
                (Severity::Info, "info", &grade.info),
            ];
            for (severity, key, conditions) in levels {
                if let Some(conditions) = conditions {
                    let path = ["findings", id, key];
                    severities.push((severity, self.some(check, conditions, &path)?));
                }
            }
            grades.push(Grade {
                check: check.id.to_string(),
                enough: enough.transpose()?.unwrap_or_default(),
                severities,
            });
        }
        Ok(grades)
    }

    fn dimensions(&self, raw: Ordered<RawDimension>) -> Result<Vec<Dimension>, Error> {
        let mut dimensions = Vec::new();
        for (id, dimension) in raw.0 {
            let path = ["dimensions", id.as_str()];
            let criteria = dimension
                .criteria
                .iter()
                .map(|(name, criterion)| self.criterion(&id, name, criterion));
            dimensions.push(Dimension {
                title: self.required(dimension.title.clone(), &path, "title")?,
                weight: self.weight(dimension.weight, &path)?,
                criteria: criteria.collect::<Result<_, _>>()?,
                id,
            });
        }
        if dimensions.is_empty() {
            return self.error(&[], "`dimensions` is missing: there is nothing to score");
        }
        Ok(dimensions)
    }

    fn weight(&self, weight: Option<f64>, path: &[&str]) -> Result<f64, Error> {
        let weight = self.required(weight, path, "weight")?;
        let path: Vec<&str> = path.iter().copied().chain(["weight"]).collect();
        self.weighed(weight, &path)
    }

    fn weighed(&self, weight: f64, path: &[&str]) -> Result<f64, Error> {
        if !weight.is_finite() || weight < 0.0 {
            return self.error(path, "a weight is a number from 0 on");
        }
        Ok(weight)
    }

    fn criterion(
        &self,
        dimension: &str,
        name: &str,
        raw: &RawCriterion,
    ) -> Result<Criterion, Error> {
        let path = ["dimensions", dimension, "criteria", name];
        let at = |key| [path[0], path[1], path[2], path[3], key];
        let id = self.required(raw.check.clone(), &path, "check")?;
        let check = self.check(&id, &at("check"))?;
        let fold_text = self.required(raw.fold.clone(), &path, "fold")?;
        let (fold, folded) = self.fold(check, &fold_text, &at("fold"))?;
        if let Some(per) = &raw.per {
            self.fact(per, &at("per"))?;
        }
        let unit = if raw.per.is_some() {
            Unit::Ratio
        } else {
            folded
        };
        let curve = self.required(raw.curve.as_ref(), &path, "curve")?;
        let findings_only = match self.required(raw.rows, &path, "rows")? {
            Rows::Findings => true,
            Rows::All => false,
        };
        if findings_only && !matches!(fold, Fold::Count | Fold::Sum(_)) {
            return self.error(
                &at("rows"),
                "of findings only, `count` and `sum` have a figure when there is none",
            );
        }
        let count_curve = raw
            .count_curve
            .as_ref()
            .map(|curve| self.curve(curve, Unit::Count, &at("count_curve")));
        Ok(Criterion {
            id: format!("{dimension}/{name}"),
            title: raw.title.clone().unwrap_or_else(|| check.title.clone()),
            check: check.id.to_string(),
            fold,
            findings_only,
            per: raw.per.clone(),
            weight: self.weight(raw.weight, &path)?,
            curve: self.curve(curve, unit, &at("curve"))?,
            count_curve: count_curve.transpose()?,
            unit,
        })
    }

    fn fold(&self, check: &Check, text: &str, path: &[&str]) -> Result<(Fold, Unit), Error> {
        if text == "count" {
            return Ok((Fold::Count, Unit::Count));
        }
        let parts = text.strip_suffix(')').and_then(|text| text.split_once('('));
        let kind: Option<fn(String) -> Fold> = match parts.map(|(kind, _)| kind) {
            Some("sum") => Some(Fold::Sum),
            Some("min") => Some(Fold::Min),
            Some("max") => Some(Fold::Max),
            Some("only") => Some(Fold::Only),
            _ => None,
        };
        let (Some(kind), Some((_, column))) = (kind, parts) else {
            let found = text.split('(').next().unwrap_or(text);
            let message = format!(
                "`{text}` is no fold: count, sum(column), min(column), max(column) or only(column)"
            );
            return Err(self
                .source
                .unknown_at(path, message, found, ["count", "sum", "min", "max", "only"])
                .into());
        };
        let unit = self.unit(check, column, path)?;
        if !unit.is_number() {
            return self.error(
                path,
                format!("the column `{column}` holds no figures to fold"),
            );
        }
        Ok((kind(column.to_owned()), unit))
    }

    fn curve(&self, raw: &[(Scalar, f64)], unit: Unit, path: &[&str]) -> Result<Curve, Error> {
        let breakpoints = raw
            .iter()
            .map(|(measure, points)| Ok((unit.parse(&measure.0)?, *points)));
        let curve = breakpoints
            .collect::<Result<Vec<_>, String>>()
            .and_then(Curve::new);
        curve.or_else(|message| self.error(path, message))
    }

    fn caps(&self, raw: &Ordered<RawCap>) -> Result<Vec<Cap>, Error> {
        let mut caps = Vec::new();
        for (id, cap) in raw.iter() {
            let path = ["caps", id.as_str()];
            let check = self.required(cap.check.clone(), &path, "check")?;
            let check = self.check(&check, &["caps", id, "check"])?;
            let when = self.required(cap.when.as_ref(), &path, "when")?;
            let total = self.required(cap.total, &path, "total")?;
            if !(0.0..=100.0).contains(&total) {
                return self.error(&["caps", id, "total"], "a total lies between 0 and 100");
            }
            caps.push(Cap {
                id: id.clone(),
                check: check.id.to_string(),
                when: self.some(check, when, &["caps", id, "when"])?,
                total,
                because: self.required(cap.because.clone(), &path, "because")?,
            });
        }
        Ok(caps)
    }

    fn profile(&self, id: &str, raw: &RawProfile, rubric: &Rubric) -> Result<Profile, Error> {
        let path = ["profiles", id];
        let dimensions = || {
            rubric
                .dimensions
                .iter()
                .map(|dimension| dimension.id.as_str())
        };
        let criteria = || {
            rubric
                .dimensions
                .iter()
                .flat_map(|d| &d.criteria)
                .map(|criterion| criterion.id.as_str())
        };
        for (dimension, weight) in raw.weights.iter().flat_map(|weights| weights.iter()) {
            self.weighed(*weight, &["profiles", id, "weights", dimension])?;
            if !dimensions().any(|known| known == dimension) {
                let message = format!("there is no dimension `{dimension}`");
                return Err(self
                    .source
                    .unknown_at(
                        &["profiles", id, "weights", dimension],
                        message,
                        dimension,
                        dimensions(),
                    )
                    .into());
            }
        }
        for name in raw.only.iter().flat_map(|only| &only.0) {
            let known = || dimensions().chain(criteria());
            if !known().any(|known| known == name) {
                let message = format!("there is no dimension or criterion `{name}`");
                return Err(self
                    .source
                    .unknown_at(&["profiles", id, "only"], message, name, known())
                    .into());
            }
        }
        let coverage = self.required(raw.min_coverage.as_ref(), &path, "min_coverage")?;
        let min_coverage = Unit::Ratio
            .parse(&coverage.0)
            .ok()
            .filter(|share| (0.0..=1.0).contains(share));
        let Some(min_coverage) = min_coverage else {
            return self.error(
                &["profiles", id, "min_coverage"],
                format!("`{}` is not a share such as 60 %", coverage.0),
            );
        };
        let all = || rubric.caps.iter().map(|cap| cap.id.clone()).collect();
        let caps = match raw.caps.as_ref().map(|caps| caps.0.as_slice()) {
            None => Vec::new(),
            Some([all_of_them]) if all_of_them == "all" => all(),
            Some(named) => {
                for cap in named {
                    if !rubric.caps.iter().any(|known| known.id == *cap) {
                        let known = rubric.caps.iter().map(|cap| cap.id.as_str());
                        let message = format!("there is no cap `{cap}`");
                        return Err(self
                            .source
                            .unknown_at(&["profiles", id, "caps"], message, cap, known)
                            .into());
                    }
                }
                named.to_vec()
            }
        };
        let profile = Profile {
            id: id.to_owned(),
            evidence: self
                .required(raw.evidence.clone(), &path, "evidence")?
                .into_iter()
                .collect(),
            weights: raw.weights.as_ref().map(|weights| weights.0.clone()),
            only: raw.only.as_ref().map(|only| only.0.clone()),
            min_coverage,
            caps,
        };
        let mut weights = rubric
            .dimensions
            .iter()
            .map(|dimension| profile.weight(dimension));
        if !weights.any(|weight| weight.is_some_and(|weight| weight > 0.0)) {
            let message = format!("in the profile `{id}` no dimension weighs anything");
            return self.error(&["profiles", id, "weights"], message);
        }
        Ok(profile)
    }
}

/// Reads `>= 20 %` for a column or fact of the given unit.
fn condition(name: &str, text: &str, unit: Unit) -> Result<Condition, String> {
    let operators = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        ("!=", Comparison::Unequal),
        (">", Comparison::More),
        ("<", Comparison::Less),
        ("=", Comparison::Equal),
    ];
    let text = text.trim();
    let found = operators
        .iter()
        .find_map(|(sign, comparison)| Some((text.strip_prefix(sign)?, *comparison)));
    let Some((operand, comparison)) = found else {
        return Err(format!(
            "`{text}` is no condition: write it as `>= 20 %`, with one of >= <= > < = !="
        ));
    };
    let operand = operand.trim();
    let operand = if unit.is_number() {
        Operand::Number(unit.parse(operand)?)
    } else if matches!(comparison, Comparison::Equal | Comparison::Unequal) {
        Operand::Text(operand.to_owned())
    } else {
        return Err(format!(
            "`{name}` holds no figures: only = and != compare it"
        ));
    };
    Ok(Condition {
        name: name.to_owned(),
        comparison,
        operand,
        unit,
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_former_id_overlays_the_entry_of_its_check() {
        let folder = tempfile::tempdir().unwrap();
        let check = "/*\ntitle: T\nkind: finding\nwhy: W\nevidence: catalog\ncolumns: { object: name }\naliases: mine/old\n*/\nselect";
        std::fs::create_dir(folder.path().join("mine")).unwrap();
        std::fs::write(folder.path().join("mine/new.sql"), check).unwrap();
        let mut catalog = Catalog::bundled().unwrap();
        catalog.add_folder(folder.path(), &[]).unwrap();

        let entries = |id: &str, reason: &str| {
            Ordered(vec![
                (String::from("tables/largest"), String::from("why")),
                (id.to_owned(), reason.to_owned()),
            ])
        };
        let mut below = entries("mine/new", "by default");
        let above = entries("mine/old", "mine");
        rename(&mut below, &above, &catalog);
        below.overlay(above);
        assert_eq!(below.0, entries("mine/old", "mine").0);
    }
}
