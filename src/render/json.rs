//! For programs. The structs are frozen copies: a field may be added, none renamed, retyped or dropped
//! without a new `schema_version`. `json.v1.schema.json` beside this file describes them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::assess::{Judged, State};
use crate::check::{Check, Kind, Severity};
use crate::gate::Verdict;
use crate::listing::{Doctor, Library, Tables};
use crate::overview::Overview;
use crate::report::{Finding, NextStep, Report};
use crate::schemas::Schemas;
use crate::score::{CriterionScore, DimensionScore, Missing, Scorecard};
use crate::server::Server;
use crate::snapshot::{Cost, Replica, Snapshot, Stopped};
use crate::value::Value;

/// The version of every JSON document that pgaudit prints.
pub const SCHEMA_VERSION: u32 = 1;

/// The JSON Schema of all of them.
pub const SCHEMA: &str = include_str!("json.v1.schema.json");

#[derive(Serialize)]
struct DocumentV1<T> {
    schema_version: u32,
    kind: &'static str,
    pgaudit: &'static str,
    #[serde(flatten)]
    body: T,
}

fn document<T: Serialize>(kind: &'static str, body: T) -> String {
    let document = DocumentV1 {
        schema_version: SCHEMA_VERSION,
        kind,
        pgaudit: env!("CARGO_PKG_VERSION"),
        body,
    };
    let mut text =
        serde_json::to_string_pretty(&document).expect("keys are texts and values plain");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct ServerV1<'a> {
    target: &'a str,
    version: &'a str,
    version_num: u32,
    database: &'a str,
    role: &'a str,
    superuser: bool,
    standby: bool,
}

fn server<'a>(server: &'a Server, target: &'a str) -> ServerV1<'a> {
    ServerV1 {
        target,
        version: &server.version,
        version_num: server.version_num,
        database: &server.database,
        role: &server.role,
        superuser: server.superuser,
        standby: server.standby,
    }
}

#[derive(Serialize)]
struct AuditV1<'a> {
    taken: String,
    server: ServerV1<'a>,
    schemas: &'a Schemas,
    replicas: &'a [Replica],
    facts: &'a BTreeMap<String, Value>,
    injected: &'a [String],
    stopped: Option<Stopped>,
    timings: &'a [Cost],
}

fn audit(snapshot: &Snapshot) -> AuditV1<'_> {
    AuditV1 {
        taken: snapshot.taken().to_string(),
        server: server(&snapshot.server, &snapshot.target),
        schemas: &snapshot.schemas,
        replicas: &snapshot.replicas,
        facts: &snapshot.facts,
        injected: &snapshot.injected,
        stopped: snapshot.stopped,
        timings: &snapshot.costs,
    }
}

#[derive(Serialize)]
struct ScoreV1<'a> {
    audit: AuditV1<'a>,
    profile: &'a str,
    score: Option<TotalV1<'a>>,
    dimensions: Vec<DimensionV1<'a>>,
    findings: Vec<FindingV1<'a>>,
    losses: Vec<LossV1<'a>>,
    not_assessed: Vec<NotAssessedV1<'a>>,
    gate: GateV1<'a>,
}

#[derive(Serialize)]
struct TotalV1<'a> {
    total: Option<f64>,
    band: Option<&'a str>,
    low: f64,
    high: f64,
    coverage: f64,
    min_coverage: f64,
    uncapped: Option<f64>,
    caps: Vec<CapV1<'a>>,
    vitals: Option<f64>,
}

#[derive(Serialize)]
struct CapV1<'a> {
    id: &'a str,
    total: f64,
    because: &'a str,
}

#[derive(Serialize)]
struct DimensionV1<'a> {
    id: &'a str,
    title: &'a str,
    weight: f64,
    points: Option<f64>,
    low: f64,
    high: f64,
    coverage: f64,
    criteria: Vec<CriterionV1<'a>>,
}

#[derive(Serialize)]
struct CriterionV1<'a> {
    id: &'a str,
    title: &'a str,
    check: &'a str,
    state: StateV1,
    weight: f64,
    points: Option<f64>,
    measure: Option<f64>,
    assessed: Option<f64>,
    gain: f64,
    reason: Option<&'a str>,
    remedy: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum StateV1 {
    Measured,
    NotApplicable,
    NotAssessed,
}

#[derive(Serialize)]
struct FindingV1<'a> {
    fingerprint: String,
    check: &'a str,
    title: &'a str,
    severity: Severity,
    object: &'a str,
    evidence: &'a str,
    gain: f64,
    fix: Option<FixV1<'a>>,
    also: Vec<&'a str>,
    values: &'a BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct FixV1<'a> {
    sql: Option<&'a str>,
    advice: Option<&'a str>,
    lock: Option<&'a str>,
}

#[derive(Serialize)]
struct LossV1<'a> {
    criterion: &'a str,
    title: &'a str,
    check: &'a str,
    evidence: &'a str,
    gain: f64,
}

#[derive(Serialize)]
struct NotAssessedV1<'a> {
    reason: &'a str,
    remedy: Option<&'a str>,
    weight: f64,
    checks: Vec<&'a str>,
    objects: Vec<ObjectV1<'a>>,
}

#[derive(Serialize)]
struct ObjectV1<'a> {
    check: &'a str,
    object: &'a str,
}

#[derive(Serialize)]
struct GateV1<'a> {
    asked: bool,
    exit: u8,
    reasons: &'a [String],
}

/// Long fractions say nothing more and differ between machines in their last digits. The sum of nothing is −0.
fn rounded(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0 + 0.0
}

#[derive(Serialize)]
struct ScoresV1<'a> {
    exit: u8,
    audits: Vec<AuditedV1<'a>>,
}

#[derive(Serialize)]
struct AuditedV1<'a> {
    database: &'a str,
    target: &'a str,
    error: Option<&'a str>,
    report: Option<ScoreV1<'a>>,
}

pub(super) fn scores(overview: &Overview<'_>) -> String {
    let audits = overview.audits.iter().map(|audited| AuditedV1 {
        database: &audited.database,
        target: &audited.target,
        error: audited
            .report
            .as_ref()
            .err()
            .map(|(error, _)| error.as_str()),
        report: audited
            .report
            .as_ref()
            .ok()
            .map(|(report, verdict)| scored(report, verdict)),
    });
    document(
        "scores",
        ScoresV1 {
            exit: overview.exit().code(),
            audits: audits.collect(),
        },
    )
}

pub(super) fn score(report: &Report<'_>, verdict: &Verdict) -> String {
    document("score", scored(report, verdict))
}

fn scored<'a>(report: &'a Report<'_>, verdict: &'a Verdict) -> ScoreV1<'a> {
    let dimensions = report
        .score
        .iter()
        .flat_map(|card| &card.dimensions)
        .map(dimension);
    ScoreV1 {
        audit: audit(report.snapshot),
        profile: &report.profile.id,
        score: report.score.as_ref().map(|card| total(report, card)),
        dimensions: dimensions.collect(),
        findings: report.findings.iter().map(finding).collect(),
        losses: report
            .losses
            .iter()
            .map(|loss| LossV1 {
                criterion: &loss.criterion,
                title: &loss.title,
                check: &loss.check,
                evidence: &loss.evidence,
                gain: rounded(loss.gain),
            })
            .collect(),
        not_assessed: report
            .not_assessed
            .iter()
            .map(|group| NotAssessedV1 {
                reason: &group.reason,
                remedy: group.remedy.as_deref(),
                weight: rounded(group.weight),
                checks: group.checks.iter().map(|check| check.id.as_str()).collect(),
                objects: group
                    .objects
                    .iter()
                    .map(|(check, object)| ObjectV1 {
                        check: check.id.as_str(),
                        object,
                    })
                    .collect(),
            })
            .collect(),
        gate: GateV1 {
            asked: verdict.asked,
            exit: verdict.exit.code(),
            reasons: &verdict.reasons,
        },
    }
}

fn total<'a>(report: &'a Report<'_>, card: &'a Scorecard<'_>) -> TotalV1<'a> {
    TotalV1 {
        total: card.total,
        band: card.total.map(|total| report.rubric.band(total)),
        low: card.low,
        high: card.high,
        coverage: rounded(card.coverage),
        min_coverage: card.min_coverage,
        uncapped: card.uncapped,
        caps: card
            .caps
            .iter()
            .map(|cap| CapV1 {
                id: &cap.id,
                total: cap.total,
                because: &cap.because,
            })
            .collect(),
        vitals: report.vitals.as_ref().and_then(|vitals| vitals.total),
    }
}

fn dimension<'a>(score: &'a DimensionScore<'_>) -> DimensionV1<'a> {
    DimensionV1 {
        id: &score.dimension.id,
        title: &score.dimension.title,
        weight: score.weight,
        points: score.points.map(rounded),
        low: rounded(score.low),
        high: rounded(score.high),
        coverage: rounded(score.coverage),
        criteria: score.criteria.iter().map(criterion).collect(),
    }
}

fn criterion<'a>(score: &'a CriterionScore<'_>) -> CriterionV1<'a> {
    let points = score.result.as_ref().ok();
    let (state, reason, remedy) = match &score.result {
        Ok(_) => (StateV1::Measured, None, None),
        Err(Missing::NotApplicable(reason)) => {
            (StateV1::NotApplicable, Some(reason.as_str()), None)
        }
        Err(Missing::Unseen(unseen)) => (
            StateV1::NotAssessed,
            Some(unseen.reason.as_str()),
            unseen.remedy.as_deref(),
        ),
    };
    CriterionV1 {
        id: &score.criterion.id,
        title: &score.criterion.title,
        check: score.check.id.as_str(),
        state,
        weight: rounded(score.weight),
        points: points.map(|points| rounded(points.points)),
        measure: points.map(|points| rounded(points.measure)),
        assessed: points.map(|points| rounded(points.assessed)),
        gain: rounded(score.gain),
        reason,
        remedy,
    }
}

fn finding<'a>(finding: &'a Finding<'_>) -> FindingV1<'a> {
    let fix = finding.fix.as_ref().map(|fix| match fix {
        NextStep::Sql(sql) => FixV1 {
            sql: Some(sql),
            advice: None,
            lock: finding.check.fix_lock.as_deref(),
        },
        NextStep::Advice(advice) => FixV1 {
            sql: None,
            advice: Some(advice),
            lock: None,
        },
    });
    FindingV1 {
        fingerprint: finding.fingerprint(),
        check: finding.check.id.as_str(),
        title: &finding.check.title,
        severity: finding.severity,
        object: &finding.object,
        evidence: &finding.evidence,
        gain: rounded(finding.gain),
        fix,
        also: finding.also.iter().map(|check| check.id.as_str()).collect(),
        values: &finding.row.values,
    }
}

#[derive(Serialize)]
struct TablesV1<'a> {
    audit: AuditV1<'a>,
    checks: Vec<TableV1<'a>>,
}

#[derive(Serialize)]
struct TableV1<'a> {
    id: &'a str,
    title: &'a str,
    state: StateV1,
    reason: Option<&'a str>,
    remedy: Option<&'a str>,
    columns: Vec<ColumnV1<'a>>,
    rows: Vec<RowV1<'a>>,
    unknown: Vec<UnknownV1<'a>>,
    population: Option<u64>,
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct ColumnV1<'a> {
    name: &'a str,
    unit: String,
}

#[derive(Serialize)]
struct RowV1<'a> {
    object: &'a str,
    severity: Option<Severity>,
    values: &'a BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct UnknownV1<'a> {
    object: &'a str,
    reason: &'a str,
    remedy: Option<&'a str>,
}

pub(super) fn tables(tables: &Tables<'_>) -> String {
    let checks = tables.judged.iter().map(table).collect();
    document(
        "tables",
        TablesV1 {
            audit: audit(tables.snapshot),
            checks,
        },
    )
}

fn columns(check: &Check) -> Vec<ColumnV1<'_>> {
    let unit = |unit| format!("{unit:?}").to_lowercase();
    check
        .shown()
        .map(|column| ColumnV1 {
            name: &column.name,
            unit: unit(column.unit),
        })
        .collect()
}

fn table<'a>(judged: &'a Judged<'_>) -> TableV1<'a> {
    let (state, reason, remedy) = match &judged.state {
        State::Measured => (StateV1::Measured, None, None),
        State::NotApplicable(reason) => (StateV1::NotApplicable, Some(reason.as_str()), None),
        State::Unseen(unseen) => (
            StateV1::NotAssessed,
            Some(unseen.reason.as_str()),
            unseen.remedy.as_deref(),
        ),
    };
    let row = |graded: &'a crate::assess::Graded<'_>| RowV1 {
        object: &graded.row.object,
        severity: graded.severity.filter(|_| graded.yielded.is_none()),
        values: &graded.row.values,
    };
    let unknown = |unknown: &'a crate::snapshot::Unknown| UnknownV1 {
        object: &unknown.object,
        reason: &unknown.reason,
        remedy: unknown.remedy.as_deref(),
    };
    TableV1 {
        id: judged.check.id.as_str(),
        title: &judged.check.title,
        state,
        reason,
        remedy,
        columns: columns(judged.check),
        rows: judged.rows.iter().map(row).collect(),
        unknown: judged.unknown.iter().map(unknown).collect(),
        population: judged.population,
        note: judged.check.note.as_deref().map(str::trim),
    }
}

#[derive(Serialize)]
struct LibraryV1<'a> {
    checks: Vec<CheckV1<'a>>,
}

#[derive(Serialize)]
struct CheckV1<'a> {
    id: &'a str,
    title: &'a str,
    kind: &'static str,
    worst: Option<Severity>,
    evidence: crate::check::Evidence,
    columns: Vec<ColumnV1<'a>>,
    bundled: bool,
}

pub(super) fn library<'a>(library: &Library<'a>) -> String {
    let check = |check: &&'a Check| CheckV1 {
        id: check.id.as_str(),
        title: &check.title,
        kind: if check.kind == Kind::Finding {
            "finding"
        } else {
            "reading"
        },
        worst: library.rubric.worst(check),
        evidence: check.evidence,
        columns: columns(check),
        bundled: check.bundled,
    };
    document(
        "library",
        LibraryV1 {
            checks: library.checks.iter().map(check).collect(),
        },
    )
}

#[derive(Serialize)]
struct DoctorV1<'a> {
    server: ServerV1<'a>,
    areas: Vec<SightV1<'a>>,
}

#[derive(Serialize)]
struct SightV1<'a> {
    area: &'a str,
    sees: &'static str,
    checks: usize,
    hidden: Vec<HiddenV1<'a>>,
}

#[derive(Serialize)]
struct HiddenV1<'a> {
    check: &'a str,
    reason: &'a str,
    remedy: Option<&'a str>,
}

pub(super) fn doctor(doctor: &Doctor<'_>) -> String {
    let areas = doctor.areas.iter().map(|sight| SightV1 {
        area: sight.area,
        sees: sight.extent().word(),
        checks: sight.checks,
        hidden: sight
            .hidden()
            .map(|hidden| HiddenV1 {
                check: hidden.check.id.as_str(),
                reason: &hidden.reason,
                remedy: hidden.remedy.as_deref(),
            })
            .collect(),
    });
    document(
        "doctor",
        DoctorV1 {
            server: server(doctor.server, doctor.target),
            areas: areas.collect(),
        },
    )
}
