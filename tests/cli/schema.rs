//! Every JSON document against the schema beside its renderer.

use pgaudit::catalog::Catalog;
use pgaudit::listing::Doctor;
use pgaudit::needs::{self, Rights};
use pgaudit::render::{self, Format, Style};
use pgaudit::snapshot::Snapshot;
use serde_json::{Value, json};

use crate::program::{DATA, edited, run, saved};

fn schema() -> Value {
    serde_json::from_str(render::json::SCHEMA).unwrap()
}

/// Reads a document that has to fit.
pub(crate) fn fitting(text: &str, what: &str) -> Value {
    let validator = jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&schema())
        .unwrap();
    let document = serde_json::from_str(text).unwrap();
    let errors = validator.iter_errors(&document);
    let errors: Vec<_> = errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
    document
}

/// What only a server can say: all rights missing, by the same code as `doctor`.
fn doctor() -> String {
    let catalog = Catalog::bundled().unwrap();
    let mut snapshot = Snapshot::from_json(&saved("partial.json")).unwrap();
    for check in catalog.checks() {
        let unmet = needs::unmet(&check.needs, &snapshot.server, &Rights::default());
        if let (Some(outcome), Some(answer)) = (unmet, snapshot.checks.get_mut(&check.id)) {
            answer.outcome = outcome;
        }
    }
    let doctor = Doctor::new(&snapshot, &catalog);
    let style = Style {
        width: 80,
        unicode: true,
        all: false,
    };
    render::doctor(&doctor, Format::Json, style)
}

#[test]
fn every_json_document_fits_the_schema() {
    let (_folder, cut_short) = edited("partial.json", |snapshot| {
        snapshot["stopped"] = json!("deadline");
        snapshot["injected"] = json!(["counters.database = 30 days"]);
    });
    for file in DATA.into_iter().chain([cut_short.as_str()]) {
        for report in [
            "score --fail-under 80",
            "score --profile health",
            "score --profile ci",
            "score --rubric rubric.yaml --require-complete",
            "check",
        ] {
            let line = format!("{report} --format json --from {file}");
            fitting(&run(&line).stdout, &line);
        }
    }
    fitting(&run("list --format json").stdout, "list");
    let hidden = &fitting(&doctor(), "doctor")["areas"][0]["hidden"];
    assert!(hidden[0]["remedy"].is_string(), "{hidden}");
}

#[test]
fn the_schema_refuses_what_the_program_does_not_print() {
    let schema = schema();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    let kinds = schema["properties"]["kind"]["enum"].as_array().unwrap();
    for (name, def) in schema["$defs"].as_object().unwrap() {
        let Some(properties) = def["properties"].as_object() else {
            continue;
        };
        // The bodies of documents are closed where the keys of all documents are known.
        let closed = def["additionalProperties"] == json!(false) || kinds.contains(&json!(name));
        assert!(closed, "{name} takes any key");
        let keys = def["required"].as_array().unwrap().iter();
        let mut keys: Vec<_> = keys.map(|key| key.as_str().unwrap()).collect();
        keys.sort_unstable();
        assert!(properties.keys().eq(keys), "{name} requires all its keys");
    }
    let mut more: Value = serde_json::from_str(&doctor()).unwrap();
    more["more"] = json!(1);
    assert!(!jsonschema::draft202012::is_valid(&schema, &more));
}
