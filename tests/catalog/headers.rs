//! What is wrong in a check is told when it is loaded, with its file, the key and the nearest valid name.

use std::fs;

use pgaudit::catalog::Catalog;

use crate::folder;

/// A header to which nothing is missing. Its lines are 2 to 6 of a file.
const HEADER: &str = "\
title: Mine
kind: reading
why: Mine.
evidence: catalog
columns: { object: name, size: bytes }
";

fn file(header: &str) -> String {
    format!("/*\n{header}*/\nselect 1\n")
}

/// What is said about a folder with this one file, with the folder left out.
fn refused(path: &str, text: impl AsRef<[u8]>) -> String {
    let folder = folder(&[]);
    let file = folder.path().join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text.as_ref()).unwrap();
    let reserved = pgaudit::cli::reserved();
    let reserved: Vec<_> = reserved.iter().map(String::as_str).collect();
    let result = Catalog::bundled()
        .unwrap()
        .add_folder(folder.path(), &reserved);
    let error = result.err().unwrap_or_else(|| {
        panic!(
            "{path} is taken for good: {:?}",
            String::from_utf8_lossy(text.as_ref())
        )
    });
    error
        .to_string()
        .replace(&format!("{}/", folder.path().display()), "")
}

/// The message without the line that it points at and without the list of all valid names, which grows.
fn told(error: &str) -> String {
    let mut lines = error.lines();
    let first = lines.next().unwrap_or_default();
    let first = first
        .split(", expected one of `")
        .next()
        .unwrap_or_default();
    match lines
        .last()
        .and_then(|last| last.trim().strip_prefix("did you mean "))
    {
        Some(nearest) => format!("{first} → {}", nearest.trim_matches(['`', '?'])),
        None => first.to_owned(),
    }
}

#[test]
fn the_header_that_the_others_are_broken_from_is_good() {
    for text in [
        file(HEADER),
        file(HEADER).replace('\n', "\r\n"),
        format!("\u{feff}{}", file(HEADER)),
        format!("/*\n{HEADER}*/\n-- why\nselect ';' /* ; */;\n-- the end\n"),
    ] {
        let folder = folder(&[("mine/a.sql", &text), ("mine/README.md", "no check")]);
        let mut catalog = Catalog::bundled().unwrap();
        catalog.add_folder(folder.path(), &["score"]).unwrap();
        let check = catalog.check("mine/a").unwrap();
        assert!(!check.bundled);
        assert!(
            ["select 1", "-- why\nselect ';'"].contains(&check.variants[0].sql.as_str()),
            "{check:?}"
        );
    }
}

// One line for each way to break a key.
#[allow(clippy::too_many_lines)]
#[test]
fn a_broken_key_is_refused_with_what_was_meant() {
    for (line, expected) in [
        ("titel: x", "7:1: unknown field `titel` → title"),
        ("why: Twice.", "7:1: `why` stands twice in this mapping"),
        (
            "severity: warn",
            "7:11: severity: unknown variant `warn` → warning",
        ),
        (
            "scope: databases",
            "7:8: scope: unknown variant `databases`, expected `database` or `cluster` → database",
        ),
        ("says: '{siz} large'", "7:1: `{siz}` names no column → size"),
        (
            "says: '{size large'",
            "7:1: a `{` without its `}`: `{column}` stands for the value of a column",
        ),
        (
            "fix: { advice: 'look at {objekt}' }",
            "7:1: `{objekt}` names no column → object",
        ),
        (
            "fix: { sql: 'DROP {object};' }",
            "7:1: a fix in SQL says in `fix_lock` which lock it takes",
        ),
        (
            "fix: { sql: x, advice: y }",
            "7:1: a fix is either `sql` or `advice`",
        ),
        ("fix: {}", "7:1: a fix is either `sql` or `advice`"),
        (
            "fix: { advise: x }",
            "7:8: fix: unknown field `advise`, expected `sql` or `advice` → advice",
        ),
        (
            "fix: DROP",
            "7:6: fix: invalid type: string \"DROP\", expected `{ sql: … }` or `{ advice: … }`",
        ),
        (
            "needs: { rol: pg_monitor }",
            "7:10: needs: unknown field `rol` → role",
        ),
        (
            "needs: { counters: databse }",
            "7:20: needs.counters: unknown variant `databse` → database",
        ),
        (
            "needs: { version: new }",
            "7:19: needs.version: invalid type: string \"new\", expected a whole number",
        ),
        (
            "needs: { primary: maybe }",
            "7:19: needs.primary: invalid type: string \"maybe\", expected a boolean",
        ),
        (
            "needs: { setting: track_counts }",
            "7:19: needs.setting: invalid type: string \"track_counts\", expected a mapping",
        ),
        (
            "needs: pg_monitor",
            "7:8: needs: invalid type: string \"pg_monitor\", expected a mapping such as `{ role: pg_monitor }`",
        ),
        (
            "detail: select 1",
            "7:1: `detail` needs a column of the unit `oid`, which becomes its `$1`",
        ),
        (
            "takes: [size]",
            "7:1: `takes` only serves `detail` and `measure`",
        ),
        ("takes: sise", "7:1: `sise` names no column → size"),
        ("hidden: [sise]", "7:1: `sise` names no column → size"),
        (
            "measure: { sql: select 1, reads: size, budget: 1 GB }",
            "7:1: `measure` comes after a `detail`, which tells the exact size",
        ),
        (
            "measure: { sql: select 1, reads: size }",
            "7:10: measure: missing field `budget`",
        ),
        (
            "from: tables",
            "7:1: a check has a statement of its own, or both `from:` and `compute:` and no statement",
        ),
        (
            "compute: top",
            "7:1: a check has a statement of its own, or both `from:` and `compute:` and no statement",
        ),
        (
            "population: population.tabels",
            "7:1: there is no fact `population.tabels` → population.tables",
        ),
        (
            "yields_to: [tables/largest, tables/dead_row]",
            "7:29: there is no other check `tables/dead_row` → tables/dead_rows",
        ),
        (
            "aliases: tables/largest",
            "7:1: `tables/largest` also names queries/tables/largest.sql",
        ),
        ("aliases: mine/a", "7:1: `mine/a` also names mine/a.sql"),
        (
            "aliases: [mine/b, mine/b]",
            "7:11: `mine/b` also names mine/a.sql",
        ),
        (
            "aliases: tables",
            "7:1: an alias is a former id, `<area>/<name>`",
        ),
    ] {
        let error = refused("mine/a.sql", file(&format!("{HEADER}{line}\n")));
        assert_eq!(told(&error), format!("mine/a.sql:{expected}"), "{line}");
    }
}

#[test]
fn a_check_cannot_yield_to_itself() {
    // Which other check is nearest depends on the library.
    let itself = refused("mine/a.sql", file(&format!("{HEADER}yields_to: mine/a\n")));
    let expected = "mine/a.sql:7:1: there is no other check `mine/a`";
    assert!(told(&itself).starts_with(expected), "{}", told(&itself));
}

#[test]
fn a_header_in_which_a_line_is_wrong_is_refused_there() {
    for (right, wrong, expected) in [
        ("title: Mine\n", "", "2:1: missing field `title`"),
        ("why: Mine.\n", "", "2:1: missing field `why`"),
        ("evidence: catalog\n", "", "2:1: missing field `evidence`"),
        (
            "columns: { object: name, size: bytes }\n",
            "",
            "2:1: missing field `columns`",
        ),
        ("title: Mine", "title: ''", "2:1: `title` says nothing"),
        ("why: Mine.", "why: ' '", "4:1: `why` says nothing"),
        (
            "reading",
            "readin",
            "3:7: kind: unknown variant `readin` → reading",
        ),
        (
            "reading",
            "fact",
            "3:1: facts stand in `facts/`, shared readings in `readings/`, checks in any other folder",
        ),
        (
            "catalog",
            "catalogue",
            "5:11: evidence: unknown variant `catalogue` → catalog",
        ),
        (
            "bytes",
            "byte",
            "6:32: columns.size: unknown variant `byte` → bytes",
        ),
        (
            "object: name, ",
            "",
            "6:1: the first column is `object: name`: what a row is about",
        ),
        (
            "object: name, ",
            "object: text, ",
            "6:12: the first column is `object: name`: what a row is about",
        ),
        (
            "size: bytes",
            "population: count",
            "6:26: `population` is a reserved column: it means the same in every check and is not declared",
        ),
        (
            "size: bytes",
            "relation: oid",
            "6:26: an oid only serves a `detail` statement, and there is none",
        ),
    ] {
        let header = HEADER.replacen(right, wrong, 1);
        assert_ne!(header, HEADER);
        let error = refused("mine/a.sql", file(&header));
        assert_eq!(told(&error), format!("mine/a.sql:{expected}"), "{wrong}");
    }
}

#[test]
fn a_computed_check_names_a_reading_and_a_function_that_exist() {
    for (from, compute, with, expected) in [
        (
            "table",
            "top",
            "{ by: size, rows: 3 }",
            "7:1: there is no shared reading `table` → tables",
        ),
        (
            "tables",
            "topp",
            "{}",
            "8:1: compute: there is no function `topp`; did you mean `top`?",
        ),
        (
            "tables",
            "top",
            "{ rows: 3 }",
            "9:1: with: `by` names the column to rank by",
        ),
    ] {
        let text = format!("/*\n{HEADER}from: {from}\ncompute: {compute}\nwith: {with}\n*/\n");
        assert_eq!(
            told(&refused("mine/a.sql", text)),
            format!("mine/a.sql:{expected}")
        );
    }
}

#[test]
fn a_file_without_its_one_statement_or_its_header_is_refused() {
    let no_header = "1:1: no header: a check begins with a block comment `/* … */` that holds YAML";
    let no_statement = "1:1: no statement after the header, and no `from:` with a `compute:`";
    for (text, expected) in [
        (String::new(), no_header),
        (String::from("select 1"), no_header),
        (String::from("-- Mine\nselect 1"), no_header),
        (
            format!("/*\n{HEADER}"),
            "1:1: the comment that holds the header is not closed: `*/` is missing",
        ),
        (format!("/*\n{HEADER}*/"), no_statement),
        (format!("/*\n{HEADER}*/\n-- later\n;\n"), no_statement),
        (
            format!("/*\n{HEADER}*/\nselect 1;\n\nselect 2;\n"),
            "10:1: a second statement begins; a check has one",
        ),
        (
            format!("/*\n{HEADER}*/\nselect 'x;\n"),
            "8:8: this quote is not closed",
        ),
        (
            format!("/*\n{HEADER}*/\nselect 1 /* one\n"),
            "8:10: this comment is not closed",
        ),
    ] {
        assert_eq!(
            told(&refused("mine/a.sql", &text)),
            format!("mine/a.sql:{expected}"),
            "{text}"
        );
    }
}

#[test]
fn a_file_that_cannot_be_a_check_is_refused_by_its_name() {
    let shape =
        "a check is a file `<area>/<name>.sql`, both of lower-case letters, digits and underscores";
    let good = file(HEADER);
    for (path, text, expected) in [
        ("a.sql", good.as_str(), shape),
        ("mine/deep/a.sql", &good, shape),
        ("Mine/a.sql", &good, shape),
        ("mine/a-b.sql", &good, shape),
        (
            "score/a.sql",
            &good,
            "`score` is a command of pgaudit and cannot be an area",
        ),
        (
            "help/a.sql",
            &good,
            "`help` is a command of pgaudit and cannot be an area",
        ),
        (
            "tables/largest.sql",
            &good,
            "queries/tables/largest.sql already has this name",
        ),
        (
            "mine/a.17.sql",
            "select 1",
            "`17` is no range of versions; write `pg17` or `pg_stat_statements-1.8`",
        ),
        (
            "mine/a.pg17.sql",
            "select 1",
            "a variant of `mine/a`, which has no `a.sql` beside it",
        ),
        (
            "tables/largest.pg17.sql",
            "select 1",
            "a variant of `tables/largest`, which has no `largest.sql` beside it",
        ),
    ] {
        assert_eq!(refused(path, text), format!("{path}: {expected}"));
    }
}

#[test]
fn a_variant_is_one_statement_for_one_range_of_versions() {
    let computed =
        format!("/*\n{HEADER}from: tables\ncompute: top\nwith: {{ by: size, rows: 3 }}\n*/\n");
    let with_header = file(HEADER);
    for (base, variants, expected) in [
        (
            &file(HEADER),
            vec![("mine/a.pg17.sql", " \n")],
            "mine/a.pg17.sql: no statement",
        ),
        (
            &file(HEADER),
            vec![("mine/a.pg17.sql", "select 1;\nselect 2")],
            "mine/a.pg17.sql:2:1: a second statement begins; a check has one",
        ),
        (
            &file(HEADER),
            vec![("mine/a.pg17.sql", &with_header)],
            "mine/a.pg17.sql: a variant has no header: it obeys that of mine/a.sql",
        ),
        (
            &computed,
            vec![("mine/a.pg17.sql", "select 1")],
            "mine/a.pg17.sql: a variant of mine/a.sql, which has no statement",
        ),
        (
            &file(HEADER),
            vec![
                ("mine/a.pg17.sql", "select 1"),
                ("mine/a.hypopg-1.3.sql", "select 1"),
            ],
            "mine/a.sql: the variants of `mine/a` differ by more than one thing: the server or one extension",
        ),
    ] {
        let files: Vec<_> = variants
            .into_iter()
            .chain([("mine/a.sql", base.as_str())])
            .collect();
        let folder = folder(&files);
        let error = Catalog::bundled()
            .unwrap()
            .add_folder(folder.path(), &[])
            .unwrap_err();
        let error = error
            .to_string()
            .replace(&format!("{}/", folder.path().display()), "");
        assert_eq!(told(&error), expected);
    }
}

#[test]
fn two_folders_cannot_give_one_name_to_two_checks() {
    let (one, two) = (
        folder(&[("mine/a.sql", &file(HEADER))]),
        folder(&[("mine/a.sql", &file(HEADER))]),
    );
    let mut catalog = Catalog::bundled().unwrap();
    catalog.add_folder(one.path(), &[]).unwrap();
    let error = catalog.add_folder(two.path(), &[]).unwrap_err().to_string();
    let (one, two) = (one.path().display(), two.path().display());
    assert_eq!(
        error,
        format!("{two}/mine/a.sql: {one}/mine/a.sql already has this name")
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    let latin1 = b"/*\ntitle: \xe4\n*/ select 1";
    assert_eq!(
        refused("mine/a.sql", latin1),
        "cannot read mine/a.sql: stream did not contain valid UTF-8"
    );

    let folder = folder(&[("README.md", "no check")]);
    let at = folder.path();
    let error = |path: &std::path::Path| {
        let error = Catalog::bundled()
            .unwrap()
            .add_folder(path, &[])
            .unwrap_err();
        error.to_string().replace(&at.display().to_string(), "…")
    };
    assert_eq!(
        error(at),
        "…: no check in this folder: a check is a file `<area>/<name>.sql`"
    );
    assert!(error(&at.join("nowhere")).starts_with("cannot read …/nowhere: "));
    assert!(error(&at.join("README.md")).starts_with("cannot read …/README.md: "));

    // The superuser of a container reads everything: a link to nowhere is unreadable for all.
    fs::create_dir(at.join("mine")).unwrap();
    std::os::unix::fs::symlink("gone", at.join("mine/a.sql")).unwrap();
    assert!(error(at).starts_with("cannot read …/mine/a.sql: "));
}
