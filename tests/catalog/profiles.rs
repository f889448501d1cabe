//! The default rubric: what each profile looks at, and what its numbers are called.

use std::collections::BTreeSet;

use pgaudit::check::Evidence;

use crate::{CATALOG, RUBRIC};

#[test]
fn dimensions_weigh_what_the_design_says() {
    let weights: Vec<_> = RUBRIC
        .dimensions
        .iter()
        .map(|dimension| (dimension.id.as_str(), dimension.weight))
        .collect();
    assert_eq!(
        weights,
        [
            ("schema", 20.0),
            ("indexing", 15.0),
            ("queries", 20.0),
            ("migrations", 10.0),
            ("security", 15.0),
            ("monitoring", 10.0),
            ("backup", 10.0),
        ]
    );
}

#[test]
fn a_band_begins_at_its_number() {
    for (total, band) in [
        (0.0, "Critical risk"),
        (39.9, "Critical risk"),
        (40.0, "Needs work"),
        (59.9, "Needs work"),
        (60.0, "Solid"),
        (79.9, "Solid"),
        (80.0, "Professional"),
        (89.9, "Professional"),
        (90.0, "Expert"),
        (100.0, "Expert"),
    ] {
        assert_eq!(RUBRIC.band(total), band, "{total}");
    }
}

#[test]
fn there_are_three_profiles() {
    let profiles: Vec<_> = RUBRIC.profiles.iter().map(|p| p.id.as_str()).collect();
    assert_eq!(profiles, ["default", "health", "ci"]);
}

/// A throwaway server runs with fsync off and young counters by design (DECISIONS 3 and 6).
#[test]
fn ci_rests_on_definitions_alone() {
    let ci = RUBRIC.profile("ci").unwrap();
    assert_eq!(ci.evidence, BTreeSet::from([Evidence::Catalog]));
    assert_eq!(ci.caps, Vec::<String>::new());
    for check in RUBRIC.checks(ci, &CATALOG) {
        assert_eq!(check.evidence, Evidence::Catalog, "{}", check.id);
    }
}

#[test]
fn default_and_health_see_every_kind_of_evidence_and_obey_every_cap() {
    let caps: Vec<_> = RUBRIC.caps.iter().map(|cap| cap.id.clone()).collect();
    for id in ["default", "health"] {
        let profile = RUBRIC.profile(id).unwrap();
        assert_eq!(profile.evidence.len(), 5, "{id}");
        assert_eq!(profile.caps, caps, "{id}");
    }
}

#[test]
fn health_asks_for_less_than_default_and_for_nothing_else() {
    let ids = |id: &str| -> BTreeSet<_> {
        let checks = RUBRIC.checks(RUBRIC.profile(id).unwrap(), &CATALOG);
        checks.into_iter().map(|check| check.id.clone()).collect()
    };
    let (all, vital) = (ids("default"), ids("health"));
    assert!(vital.len() < all.len(), "{vital:?}");
    assert!(vital.is_subset(&all), "{vital:?}");
}
