//! What reaches a terminal or a page: width, colour, and names that mean harm.

use serde_json::json;
use unicode_width::UnicodeWidthStr as _;

use crate::program::{assert_shown, command, edited, output, run, score, scoring};

#[test]
fn colour_is_where_it_is_wanted_and_changes_no_word() {
    let plain = score("sick.json", "").stdout;
    let coloured = score("sick.json", "--color always").stdout;
    assert!(!plain.contains('\u{1b}'), "a pipe takes no colour");
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
    assert_shown("score_sick_colour", &coloured.replace('\u{1b}', "␛"));
    for (variable, option, wanted) in [
        ("NO_COLOR", "auto", &plain),
        ("NO_COLOR", "always", &coloured),
        ("CLICOLOR_FORCE", "auto", &coloured),
        ("CLICOLOR_FORCE", "never", &plain),
    ] {
        let mut asked = command(&scoring("sick.json", &format!("--color {option}")));
        let printed = output(asked.env(variable, "1")).stdout;
        assert_eq!(printed, *wanted, "{variable} {option}");
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let gates = "--all --require-complete --fail-on info --fail-under 100";
    for file in ["sick.json", "partial.json"] {
        for report in [
            scoring(file, ""),
            scoring(file, gates),
            format!("check --from {file}"),
            format!("check --all --from {file}"),
            String::from("list"),
        ] {
            for (width, locale) in [40, 60, 120]
                .map(|width| [(width, "C.UTF-8"), (width, "C")])
                .concat()
            {
                let mut drawn = command(&report);
                drawn.env("COLUMNS", width.to_string()).env("LANG", locale);
                for line in output(&mut drawn).stdout.lines() {
                    // A name in a statement to copy is not broken.
                    let to_copy = line.contains('"') && line.ends_with(';');
                    assert!(
                        line.width() <= width || to_copy,
                        "{report} at {width} in {locale}:\n{line}"
                    );
                    assert!(
                        locale == "C.UTF-8" || line.is_ascii(),
                        "{report} in {locale}:\n{line}"
                    );
                }
            }
        }
    }
}

/// Bars that are not escaped: those that a table of Markdown takes for its own.
fn bars(line: &str) -> usize {
    let mut escaped = false;
    let own = line.chars().filter(|c| {
        let own = *c == '|' && !escaped;
        escaped = *c == '\\' && !escaped;
        own
    });
    own.count()
}

#[test]
fn hostile_names_reach_no_terminal_and_break_no_table() {
    let (_folder, file) = edited("sick.json", |snapshot| {
        snapshot["server"]["database"] = json!("a|\u{1b}[2J\u{9b}31m\n# b\u{7f}");
        // A backslash before a bar, which the escape of the bar must survive.
        let unused = &mut snapshot["checks"]["indexes/unused"]["outcome"]["rows"];
        unused[0]["object"] = json!("public.\"a\\|b\r\n|x|\"");
    });
    for report in ["score", "check"] {
        for format in ["table", "markdown"] {
            let line = format!("{report} --all --from {file} --format {format}");
            let text = run(&line).stdout;
            let raw =
                |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
            assert!(!text.contains(raw), "{line}: {text:?}");
            assert!(
                text.contains("u{1b}") && text.contains("u{202e}"),
                "{line}: {text}"
            );
            let lines: Vec<_> = text.lines().filter(|line| line.starts_with('|')).collect();
            assert_eq!(lines.is_empty(), format == "table", "{text}");
            // Each row has as many cells as the one above, unless a table begins there.
            for rows in lines
                .windows(2)
                .filter(|rows| !rows[1].starts_with("| ") || rows[0].starts_with("|---"))
            {
                assert_eq!(bars(rows[0]), bars(rows[1]), "{rows:#?}");
            }
            assert!(format == "table" || !text.contains("\n# b"), "{text}");
        }
    }
}
