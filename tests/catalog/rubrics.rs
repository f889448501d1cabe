//! What is wrong in a rubric is told with its place and the nearest valid name, and what extends the default changes
//! nothing else.

use std::fmt::Write as _;

use pgaudit::catalog::Catalog;
use pgaudit::explain;
use pgaudit::rubric::Rubric;

use crate::{CATALOG, RUBRIC, folder};

/// A rubric that extends the default, where it is broken, what is said there, and what was probably meant.
type Broken = (
    &'static str,
    (usize, usize),
    &'static str,
    Option<&'static str>,
);

/// Line 1 is `extends: default`.
const OVERLAYS: &[Broken] = &[
    // A key twice.
    (
        "extends: default",
        (2, 1),
        "`extends` stands twice in this mapping",
        None,
    ),
    (
        "findings:\n  indexes/unused: {}\n  indexes/unused: {}",
        (4, 3),
        "`indexes/unused` stands twice in this mapping",
        None,
    ),
    (
        "findings: { indexes/unused: { warning: { size: '> 1 MB', size: '> 2 MB' } } }",
        (2, 58),
        "`size` stands twice in this mapping",
        None,
    ),
    // An unknown key, at each level.
    (
        "findngs: {}",
        (2, 1),
        "unknown field `findngs`, expected one of `extends`, `min_counter_age`, `at_most`, `bands`, `findings`, `dimensions`, `caps`, `profiles`, `unscored`",
        Some("findings"),
    ),
    (
        "at_most: { warnin: 8 }",
        (2, 12),
        "at_most: unknown field `warnin`, expected `warning` or `critical`",
        Some("warning"),
    ),
    (
        "findings: { indexes/unused: { warnings: {} } }",
        (2, 31),
        "findings.indexes/unused: unknown field `warnings`, expected one of `enough`, `info`, `warning`, `critical`",
        Some("warning"),
    ),
    (
        "dimensions: { indexing: { weigth: 3 } }",
        (2, 27),
        "dimensions.indexing: unknown field `weigth`, expected one of `title`, `weight`, `criteria`",
        Some("weight"),
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { curv: [] } } } }",
        (2, 49),
        "dimensions.indexing.criteria.unused: unknown field `curv`, expected one of `title`, `check`, `fold`, `rows`, `per`, `weight`, `curve`, `count_curve`",
        Some("curve"),
    ),
    (
        "caps: { connections_exhausted: { becuase: x } }",
        (2, 34),
        "caps.connections_exhausted: unknown field `becuase`, expected one of `check`, `when`, `total`, `because`",
        Some("because"),
    ),
    (
        "profiles: { ci: { min_coverag: 10 % } }",
        (2, 19),
        "profiles.ci: unknown field `min_coverag`, expected one of `evidence`, `weights`, `only`, `min_coverage`, `caps`",
        Some("min_coverage"),
    ),
    // A name that nothing has.
    (
        "findings:\n  indexes/unusd: {}",
        (3, 3),
        "there is no check `indexes/unusd`",
        Some("indexes/unused"),
    ),
    (
        "unscored: { indexes/unusd: why }",
        (2, 13),
        "there is no check `indexes/unusd`",
        Some("indexes/unused"),
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { check: indexes/unusd } } } }",
        (2, 49),
        "there is no check `indexes/unusd`",
        Some("indexes/unused"),
    ),
    (
        "caps: { connections_exhausted: { check: connections/usag } }",
        (2, 34),
        "there is no check `connections/usag`",
        Some("connections/usage"),
    ),
    (
        "findings: { indexes/unused: { warning: { siez: '> 1 MB' } } }",
        (2, 42),
        "the check `indexes/unused` has no column `siez`",
        Some("size"),
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { fold: sum(siez) } } } }",
        (2, 49),
        "the check `indexes/unused` has no column `siez`",
        Some("size"),
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { fold: summ(size) } } } }",
        (2, 49),
        "`summ(size)` is no fold: count, sum(column), min(column), max(column) or only(column)",
        Some("sum"),
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { rows: finding } } } }",
        (2, 55),
        "dimensions.indexing.criteria.unused.rows: unknown variant `finding`, expected `findings` or `all`",
        Some("findings"),
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { per: population.index_byte } } } }",
        (2, 49),
        "there is no fact `population.index_byte`",
        Some("population.index_bytes"),
    ),
    (
        "findings: { statements/slowest: { enough: { statements.call: '> 1' } } }",
        (2, 45),
        "there is no fact `statements.call`",
        Some("statements.calls"),
    ),
    (
        "profiles: { ci: { weights: { indexes: 3 } } }",
        (2, 30),
        "there is no dimension `indexes`",
        Some("indexing"),
    ),
    (
        "profiles: { ci: { only: [schema, indexing/unsed] } }",
        (2, 19),
        "there is no dimension or criterion `indexing/unsed`",
        Some("indexing/unused"),
    ),
    (
        "profiles: { ci: { evidence: [catalogue] } }",
        (2, 30),
        "profiles.ci.evidence[0]: unknown variant `catalogue`, expected one of `catalog`, `settings`, `planner`, `counters`, `runtime`",
        Some("catalog"),
    ),
    (
        "profiles: { ci: { caps: connections_exausted } }",
        (2, 19),
        "there is no cap `connections_exausted`",
        Some("connections_exhausted"),
    ),
    // A curve that is none.
    (
        "dimensions: { indexing: { criteria: { unused: { curve: [[0, 10], [20 %, 4], [5 %, 8]] } } } }",
        (2, 49),
        "the measures of a curve have to rise: 0.05 does not follow 0.2",
        None,
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { curve: [[0, 10], [0, 8]] } } } }",
        (2, 49),
        "the measures of a curve have to rise: 0 does not follow 0",
        None,
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { curve: [[0, 11]] } } } }",
        (2, 49),
        "points lie between 0 and 10, not at 11",
        None,
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { count_curve: [[0, -1]] } } } }",
        (2, 49),
        "points lie between 0 and 10, not at -1",
        None,
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { curve: [] } } } }",
        (2, 49),
        "a curve needs at least one breakpoint `[measure, points]`",
        None,
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { curve: [[0, 10, 3]] } } } }",
        (2, 57),
        "dimensions.indexing.criteria.unused.curve[0]: invalid length 3, expected sequence of 2 elements",
        None,
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { curve: [[1 parsec, 10]] } } } }",
        (2, 49),
        "`1 parsec` is not a share such as 0.2 or 20 %",
        None,
    ),
    // Numbers out of their range.
    (
        "at_most: { warning: 12 }",
        (2, 12),
        "points lie between 0 and 10",
        None,
    ),
    (
        "dimensions: { indexing: { weight: -1 } }",
        (2, 27),
        "a weight is a number from 0 on",
        None,
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { weight: .nan } } } }",
        (2, 49),
        "a weight is a number from 0 on",
        None,
    ),
    (
        "dimensions: { indexing: { weight: heavy } }",
        (2, 35),
        "dimensions.indexing.weight: invalid type: string \"heavy\", expected a number",
        None,
    ),
    (
        "profiles: { ci: { weights: { indexing: -3 } } }",
        (2, 30),
        "a weight is a number from 0 on",
        None,
    ),
    (
        "profiles: { mine: { evidence: [catalog], min_coverage: 10 %, weights: { indexing: 0 } } }",
        (2, 62),
        "in the profile `mine` no dimension weighs anything",
        None,
    ),
    (
        "profiles: { ci: { min_coverage: 120 % } }",
        (2, 19),
        "`120 %` is not a share such as 60 %",
        None,
    ),
    (
        "caps: { connections_exhausted: { total: 101 } }",
        (2, 34),
        "a total lies between 0 and 100",
        None,
    ),
    (
        "bands: { Beyond: 101 }",
        (2, 10),
        "a band begins between 0 and 100",
        None,
    ),
    (
        "bands: { Good: 60 }",
        (2, 10),
        "`Solid` begins at 60 as well",
        None,
    ),
    (
        "bands: { Critical risk: 10 }",
        (2, 1),
        "the lowest band begins at 0",
        None,
    ),
    // Figures and conditions that cannot be read.
    (
        "min_counter_age: 20 parsecs",
        (2, 1),
        "`20 parsecs` is not a duration such as 7 days",
        None,
    ),
    (
        "findings: { connections/long_queries: { warning: { oldest: '>= 20 parsecs' } } }",
        (2, 52),
        "`20 parsecs` is not a duration such as 30 s, 5 min or 7 days",
        None,
    ),
    (
        "findings: { indexes/unused: { warning: { size: '> 1 XB' } } }",
        (2, 42),
        "`1 XB` is not a size such as 512 kB, 1 MB or 8 GB",
        None,
    ),
    (
        "findings: { indexes/unused: { warning: { size: 1 MB } } }",
        (2, 42),
        "`1 MB` is no condition: write it as `>= 20 %`, with one of >= <= > < = !=",
        None,
    ),
    (
        "findings: { indexes/unused: { warning: { table: '> x' } } }",
        (2, 42),
        "`table` holds no figures: only = and != compare it",
        None,
    ),
    (
        "findings: { indexes/unused: { warning: '> 1 MB' } }",
        (2, 40),
        "findings.indexes/unused.warning: invalid type: string \"> 1 MB\", expected a mapping",
        None,
    ),
    // Conditions that would always hold.
    (
        "findings: { indexes/largest: { warning: {} } }",
        (2, 32),
        "at least one condition is expected",
        None,
    ),
    (
        "caps: { mine: { check: indexes/unused, when: {}, total: 50, because: x } }",
        (2, 40),
        "at least one condition is expected",
        None,
    ),
    // Folds without an answer.
    (
        "dimensions: { indexing: { criteria: { unused: { fold: sum(table) } } } }",
        (2, 49),
        "the column `table` holds no figures to fold",
        None,
    ),
    (
        "dimensions: { indexing: { criteria: { unused: { fold: max(size) } } } }",
        (2, 39),
        "of findings only, `count` and `sum` have a figure when there is none",
        None,
    ),
    // Something is missing, or stands in two places.
    (
        "dimensions: { mine: { weight: 1 } }",
        (2, 15),
        "`title` is missing here",
        None,
    ),
    (
        "dimensions: { indexing: { criteria: { mine: { check: indexes/unused } } } }",
        (2, 39),
        "`fold` is missing here",
        None,
    ),
    (
        "unscored: { indexes/unused: why }",
        (2, 13),
        "`indexes/unused` is scored by `indexing/unused`; a criterion of weight 0 costs nothing",
        None,
    ),
    (
        "findings: null",
        (2, 11),
        "findings: invalid type: nothing, expected a mapping",
        None,
    ),
    // YAML that is none.
    (
        "findings: [",
        (3, 1),
        "while parsing a node, did not find expected node content",
        None,
    ),
    (
        "  findings: {}",
        (2, 11),
        "mapping values are not allowed in this context",
        None,
    ),
    (
        "findings: *nowhere",
        (2, 11),
        "while parsing node, found unknown anchor",
        None,
    ),
    (
        "---\nextends: default",
        (3, 1),
        "a second document begins; one is expected",
        None,
    ),
];

/// Whole files.
const FILES: &[Broken] = &[
    (
        "extends: nothing",
        (1, 1),
        "`extends: nothing`: only `default` can be extended",
        None,
    ),
    (
        "extends: Default",
        (1, 1),
        "`extends: Default`: only `default` can be extended",
        Some("default"),
    ),
    (
        "",
        (1, 1),
        "`min_counter_age` is missing; a rubric that says only what differs begins with `extends: default`",
        None,
    ),
    (
        "# later\n",
        (1, 1),
        "`min_counter_age` is missing; a rubric that says only what differs begins with `extends: default`",
        None,
    ),
    (
        "- extends: default",
        (1, 1),
        "invalid type: sequence, expected a mapping with `extends`, `findings` and so on",
        None,
    ),
    (
        "strict",
        (1, 1),
        "invalid type: string \"strict\", expected a mapping with `extends`, `findings` and so on",
        None,
    ),
    (
        "min_counter_age: 0\nat_most: { warning: 9, critical: 7 }\nbands: { Any: 0 }",
        (1, 1),
        "`dimensions` is missing: there is nothing to score",
        None,
    ),
    (
        "min_counter_age: 0\nat_most: { warning: 9, critical: 7 }\nbands: { Any: 0 }\ndimensions: { a: { title: A, weight: 1 } }",
        (1, 1),
        "`profiles` is missing: there is nothing to select",
        None,
    ),
];

fn refused(text: &str) -> pgaudit::yaml::Error {
    match Rubric::parse("mine.yaml", text, &CATALOG) {
        Err(error) => *error,
        Ok(_) => panic!("this rubric is taken for good:\n{text}"),
    }
}

#[test]
fn a_broken_rubric_is_refused_at_its_place_with_what_was_meant() {
    let overlays = OVERLAYS.iter().map(|(text, place, message, nearest)| {
        (
            format!("extends: default\n{text}\n"),
            *place,
            *message,
            *nearest,
        )
    });
    let files = FILES
        .iter()
        .map(|(text, place, message, nearest)| (String::from(*text), *place, *message, *nearest));
    for (text, place, message, nearest) in overlays.chain(files) {
        let error = refused(&text);
        let told = (
            error.line,
            error.column,
            error.message.as_str(),
            error.nearest.as_deref(),
        );
        assert_eq!(told, (place.0, place.1, message, nearest), "{text}");
        assert_eq!(error.file, "mine.yaml");
    }
}

#[test]
fn an_error_shows_the_line_and_points_at_it() {
    let error = refused(
        "extends: default\nfindings: { indexes/unused: { warning: { siez: '> 1 MB' } } }\n",
    );
    assert_eq!(
        error.to_string(),
        "mine.yaml:2:42: the check `indexes/unused` has no column `siez`\n  \
         2 | findings: { indexes/unused: { warning: { siez: '> 1 MB' } } }\n    \
         |                                          ^\n  \
         did you mean `size`?"
    );
}

/// One test, since an overflow of the stack ends the program and with it all others.
#[test]
fn what_is_nested_or_repeated_without_end_is_refused() {
    let mut blocks = String::new();
    for level in 0..5000 {
        writeln!(blocks, "{}a:", " ".repeat(level)).unwrap();
    }
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let parts = vec![format!("*a{}", level - 1); 9].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{parts}]").unwrap();
    }
    for (text, message) in [
        (
            format!("extends: {}", "[".repeat(50_000)),
            "recursion limit exceeded",
        ),
        ("{a: ".repeat(50_000), "recursion limit exceeded"),
        ("- ".repeat(50_000), "nested too deeply"),
        ("? ".repeat(50_000), "nested too deeply"),
        (blocks, "nested too deeply"),
        (
            format!("extends: {}{}", "[".repeat(150), "]".repeat(150)),
            "extends: invalid type: sequence, expected a string",
        ),
        (
            format!("findings: {}1{}", "{a: ".repeat(200), "}".repeat(200)),
            "findings.a: unknown field `a`, expected one of `enough`, `info`, `warning`, `critical`",
        ),
        (
            bomb,
            "alias expansion exceeded the maximum node budget (possible billion-laughs attack)",
        ),
        (
            String::from("findings: &a { indexes/unused: *a }"),
            "findings.indexes/unused: unknown field `indexes/unused`, expected one of `enough`, `info`, `warning`, `critical`",
        ),
    ] {
        let error = refused(&text);
        assert_eq!(error.message, message, "{}", &text[..30]);
    }
}

fn extended(text: &str) -> Rubric {
    let text = format!("extends: default\n{text}");
    Rubric::parse("mine.yaml", &text, &CATALOG).unwrap_or_else(|error| panic!("{error}"))
}

/// The lines of a rubric that differ from the default, as Rust prints them.
fn differences(rubric: &Rubric) -> Vec<String> {
    let (old, new) = (format!("{:#?}", *RUBRIC), format!("{rubric:#?}"));
    assert_eq!(old.lines().count(), new.lines().count());
    let pairs = old.lines().zip(new.lines());
    let changed = pairs.filter(|(old, new)| old != new).map(|(_, new)| new);
    changed
        .map(|line| line.trim().trim_end_matches(',').to_owned())
        .collect()
}

/// The figures are such that no default is likely to have them.
#[test]
fn what_extends_the_default_changes_only_what_it_says() {
    for (text, expected) in [
        ("", vec![]),
        (
            // Of three conditions, one.
            "findings: { tables/dead_rows: { warning: { dead: '> 12345' } } }",
            vec!["12345.0", "text: \"> 12345\""],
        ),
        (
            "dimensions: { indexing: { weight: 33.3 } }",
            vec!["weight: 33.3"],
        ),
        (
            "dimensions: { monitoring: { criteria: { connections: { weight: 33.3 } } } }",
            vec!["weight: 33.3"],
        ),
        ("bands: { Expert: 99.9 }", vec!["from: 99.9"]),
        (
            "caps: { connections_exhausted: { total: 33.3 } }",
            vec!["total: 33.3"],
        ),
        (
            "profiles: { health: { weights: { queries: 33.3 } } }",
            vec!["33.3"],
        ),
        ("min_counter_age: 33 s", vec!["min_counter_age: 33.0"]),
    ] {
        assert_eq!(differences(&extended(text)), expected, "{text}");
    }
}

#[test]
fn bands_can_be_added_between_others() {
    let rubric = extended("bands: { Fair: 50 }");
    assert_eq!(
        (rubric.band(49.9), rubric.band(50.0), rubric.band(60.0)),
        ("Needs work", "Fair", "Solid")
    );
}

#[test]
fn a_check_that_the_default_leaves_unscored_can_be_scored() {
    let rubric = extended(
        "dimensions: { indexing: { criteria: { size: { check: indexes/largest, fold: sum(size), rows: all, weight: 1, curve: [[0, 10]] } } } }",
    );
    assert!(
        !rubric
            .unscored
            .iter()
            .any(|(check, _)| check == "indexes/largest")
    );
}

const OWN: &str = "/*\ntitle: Mine\nkind: finding\nwhy: Mine.\nevidence: catalog\ncolumns: { object: name, size: bytes }\naliases: mine/old\n*/\nselect";

fn with_own_check() -> Catalog {
    let folder = folder(&[("mine/new.sql", OWN)]);
    let mut catalog = Catalog::bundled().unwrap();
    catalog.add_folder(folder.path(), &[]).unwrap();
    catalog
}

#[test]
fn an_own_check_that_no_rubric_lists_is_told_and_costs_nothing() {
    let catalog = with_own_check();
    let rubric = Rubric::bundled(&catalog).unwrap();
    let check = catalog.check("mine/new").unwrap();
    let asked = rubric.checks(rubric.profile("ci").unwrap(), &catalog);
    assert!(asked.iter().any(|asked| asked.id == check.id));
    let told = explain::check(check, &rubric, &catalog);
    assert!(
        told.contains("Costs no points: no criterion of the rubric uses it"),
        "{told}"
    );
}

#[test]
fn a_rubric_may_use_the_former_id_of_a_check() {
    let catalog = with_own_check();
    let text = "extends: default\nfindings: { mine/old: { critical: { size: '> 1 GB' } } }\nunscored: { mine/old: for the time being }";
    let rubric = Rubric::parse("mine.yaml", text, &catalog).unwrap();
    assert_eq!(rubric.grade("mine/new").unwrap().severities.len(), 1);
    assert!(rubric.unscored.iter().any(|(check, _)| check == "mine/new"));

    let twice = "extends: default\nfindings: { mine/old: {}, mine/new: {} }";
    let error = Rubric::parse("mine.yaml", twice, &catalog).unwrap_err();
    assert_eq!(
        (error.line, error.column, error.message.as_str()),
        (2, 27, "`mine/new` stands here twice")
    );
}
