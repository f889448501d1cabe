//! What README and CONTRIBUTING say is what the program says; links lead somewhere, commands and rubrics parse.

use std::collections::BTreeSet;

use clap::error::ErrorKind;
use pgaudit::cli;
use pgaudit::explain;
use pgaudit::rubric::Rubric;

use crate::generated::{bless, fill};
use crate::{CATALOG, RUBRIC, none_of, read, root};

const DOCUMENTS: [&str; 3] = ["README.md", "CONTRIBUTING.md", "queries/README.md"];

/// Compares a generated file with what it should be, or writes it.
#[track_caller]
fn current(path: &str, old: &str, new: &str) {
    if bless() {
        std::fs::write(root().join(path), new).unwrap();
        return;
    }
    let mut lines = old.lines().zip(new.lines()).enumerate();
    let differs = lines
        .find(|(_, (old, new))| old != new)
        .map(|(at, lines)| (at + 1, lines));
    assert!(
        old == new,
        "{path} is not current, first at {differs:?}; `BLESS=1 cargo test --test catalog` writes it"
    );
}

#[test]
fn the_reference_of_all_checks_is_current() {
    let path = "queries/README.md";
    let old = std::fs::read_to_string(root().join(path)).unwrap_or_default();
    current(path, &old, &explain::reference(&CATALOG, &RUBRIC));
}

#[test]
fn the_marked_blocks_of_the_documents_are_current() {
    for path in ["README.md", "CONTRIBUTING.md"] {
        let old = read(path);
        let new = fill(&old).unwrap_or_else(|error| panic!("{path}:{error}"));
        current(path, &old, &new);
    }
}

/// Lines of a document with the kind of the code block that they stand in.
fn lines(text: &str) -> Vec<(usize, Option<&str>, &str)> {
    let mut lines = Vec::new();
    let mut block = None;
    for (number, line) in text.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), block) {
            (Some(kind), None) => block = Some(kind.trim()),
            (Some(_), Some(_)) => block = None,
            (None, _) => lines.push((number + 1, block, line)),
        }
    }
    lines
}

/// The text in backticks of a line.
fn spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The name that GitHub gives to a heading.
fn anchor(heading: &str) -> String {
    let plain = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = plain
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let lines = lines(text);
    let headings = lines
        .iter()
        .filter(|(_, block, line)| block.is_none() && line.starts_with('#'));
    headings.map(|(_, _, line)| anchor(line)).collect()
}

fn targets(line: &str) -> impl Iterator<Item = &str> {
    let rest = line.split("](").skip(1);
    rest.filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
}

/// What is wrong with a link of the document at `path`.
fn broken(path: &str, text: &str, target: &str) -> bool {
    if target.contains("://") {
        return false;
    }
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let folder = root().join(path).parent().unwrap().to_owned();
    let file_is_there = file.is_empty() || folder.join(file).exists();
    let heading_is_there = || match (heading, file) {
        ("", _) => true,
        (heading, "") => anchors(text).contains(heading),
        (heading, file) => anchors(&read(folder.join(file))).contains(heading),
    };
    !file_is_there || !heading_is_there()
}

#[test]
fn links_lead_to_files_and_headings_of_the_repository() {
    let text = "# A `check`/of: it!\n";
    for (target, good) in [
        ("#a-checkof-it", true),
        ("#nowhere", false),
        ("rubric.yaml", true),
        ("rubric.yml", false),
        ("queries/README.md#the-checks", true),
        ("queries/README.md#nowhere", false),
        ("https://example.invalid/x", true),
    ] {
        assert_eq!(!broken("README.md", text, target), good, "{target}");
    }
    let mut wrong = Vec::new();
    for path in DOCUMENTS {
        let text = read(path);
        for (number, block, line) in lines(&text) {
            let targets =
                targets(line).filter(|target| block.is_none() && broken(path, &text, target));
            wrong.extend(targets.map(|target| format!("{path}:{number}: {target}")));
        }
    }
    none_of(&wrong, "links to nowhere");
}

/// The words of the commands of ours that a line of a shell holds.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    let mut from = 0;
    while let Some(found) = line[from..].find("pgaudit ") {
        let at = from + found;
        from = at + "pgaudit ".len();
        let before = line[..at].chars().next_back();
        if before.is_none_or(|c| " (`".contains(c)) && !line[..at].contains('#') {
            commands.push(words(&line[at..]));
        }
    }
    commands
}

/// Up to where the shell ends a command.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '|' | '>' | '&' | ';' | ')' | '`') => break,
            (None, '#') if words.last().is_some_and(String::is_empty) => break,
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    // `2>` begins with a number that is no argument.
    if command.contains("2>") {
        words.pop_if(|word| word == "2");
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Why a command is none; in running text it may lack what has to follow.
fn unparsed(words: &[String], whole: bool) -> Option<String> {
    let parsed = cli::command(CATALOG.areas()).try_get_matches_from(words);
    let matches = match parsed {
        Ok(matches) => matches,
        Err(error) => {
            let incomplete = [
                ErrorKind::MissingRequiredArgument,
                ErrorKind::MissingSubcommand,
                ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
            ];
            let told = [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion].contains(&error.kind());
            let good = told || !whole && incomplete.contains(&error.kind());
            return (!good).then(|| error.to_string());
        }
    };
    let (command, of) = matches.subcommand()?;
    let argument = match command {
        "explain" => "what",
        "sql" => "check",
        _ => return None,
    };
    let id = of.get_one::<String>(argument)?;
    let known = CATALOG.check(id).is_some() || id == "score" || id.chars().all(char::is_uppercase);
    (!known).then(|| CATALOG.unknown(id).to_string())
}

#[test]
fn commands_in_the_documents_are_taken_by_the_program() {
    for (line, whole, expected) in [
        ("pgaudit score -h x --fail-under 80 > out", true, vec![true]),
        (
            "a=$(pgaudit score --fail-on critical 2>&1) || pgaudit lost",
            true,
            vec![true, false],
        ),
        ("- run: pgaudit score --fail-over 80", true, vec![false]),
        (
            "./pgaudit score --nonsense # pgaudit nonsense",
            true,
            vec![],
        ),
        ("pgaudit check 'tables/*' bloat  # both", true, vec![true]),
        ("pgaudit explain", true, vec![false]),
        ("pgaudit explain", false, vec![true]),
        ("pgaudit explain indexes/unusd", false, vec![false]),
        ("pgaudit explain ID", false, vec![true]),
        ("pgaudit --help", true, vec![true]),
    ] {
        let parsed = commands(line);
        let parsed: Vec<_> = parsed
            .iter()
            .map(|words| unparsed(words, whole).is_none())
            .collect();
        assert_eq!(parsed, expected, "{line}");
    }
    let mut wrong = Vec::new();
    for path in DOCUMENTS {
        for (number, block, line) in lines(&read(path)) {
            let found: Vec<_> = match block {
                // What the program printed, not what it was told.
                Some("text" | "sql") => continue,
                Some(_) => commands(line),
                None => spans(line).flat_map(commands).collect(),
            };
            let faults = found
                .iter()
                .filter_map(|words| unparsed(words, block.is_some()));
            wrong.extend(faults.map(|fault| format!("{path}:{number}: {fault}")));
        }
    }
    none_of(&wrong, "commands that the program does not take");
}

#[test]
fn rubrics_in_the_documents_are_good() {
    let mut wrong = Vec::new();
    for path in DOCUMENTS {
        let text = read(path);
        for rubric in text
            .split("```yaml\n")
            .skip(1)
            .filter(|yaml| yaml.starts_with("extends:"))
        {
            let rubric = rubric.split("```").next().unwrap_or_default();
            let fault = Rubric::parse(path, rubric, &CATALOG).err();
            wrong.extend(fault.map(|error| error.to_string()));
        }
    }
    none_of(&wrong, "rubrics");
}

/// The error about an unknown key lists those that there are.
#[test]
fn contributing_names_every_key_of_a_header() {
    let folder = crate::folder(&[("mine/a.sql", "/*\n?: \n*/")]);
    let error = CATALOG
        .clone()
        .add_folder(folder.path(), &[])
        .unwrap_err()
        .to_string();
    let (_, keys) = error
        .split_once("expected one of ")
        .unwrap_or_else(|| panic!("{error}"));
    let keys: BTreeSet<_> = spans(keys.lines().next().unwrap()).collect();
    let text = read("CONTRIBUTING.md");
    let (_, section) = text.split_once("### The header").unwrap();
    let (table, _) = section
        .split_once("\n\nSome columns")
        .unwrap_or((section, ""));
    let rows = table.lines().filter_map(|line| line.strip_prefix("| "));
    let named: BTreeSet<_> = rows
        .flat_map(|row| spans(row.split('|').next().unwrap()))
        .collect();
    assert_eq!(named, keys);
    let reserved = pgaudit::check::RESERVED.map(|(name, _)| name);
    let unnamed: Vec<_> = reserved
        .into_iter()
        .filter(|name| !section.contains(&format!("`{name}`")))
        .collect();
    assert_eq!(unnamed, Vec::<&str>::new(), "reserved columns");
}
