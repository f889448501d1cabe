//! The demo shows something of each area on any major, and leaves nothing behind.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};

use crate::Promise;
use crate::findings::Agreed;
use crate::program::{Program, Running, Score, pgaudit, pid, text};

pub(crate) const TRIALS: &[Promise] = &[("the demo shows each area and leaves nothing", whole)];

pub(crate) const ENDS: &[Promise] = &[("an interrupted demo leaves nothing", interrupted)];

fn demo(major: u32) -> Program {
    pgaudit(["demo", "--format", "json", "--server-version"]).args([major.to_string()])
}

fn whole(major: u32) {
    let running = demo(major).start();
    let folder = folder(&running, "postgres");
    let ended = running.wait().exits(0);
    gone(&folder);
    shows_each_area(major, &Score(ended.json()));
}

/// The same findings in each area, on any major and wherever the server comes from.
pub(crate) fn shows_each_area(major: u32, report: &Score) {
    static FOUND: Agreed<BTreeSet<String>> = Agreed::new();
    let found: BTreeSet<_> = report
        .findings()
        .map(|f| text(f, "check").to_owned())
        .collect();
    for area in ["tables", "indexes", "cache", "connections", "statements"] {
        assert!(
            found.iter().any(|id| id.split('/').next() == Some(area)),
            "{area}: {found:?}"
        );
    }
    FOUND.hold(major, found);
}

fn interrupted(major: u32) {
    let moments = [
        // While the cluster is made, with what a terminal does: the signal goes to all of the group.
        ("initdb", Duration::ZERO, true, Signal::SIGINT, 130),
        ("postgres", Duration::ZERO, false, Signal::SIGINT, 130),
        (
            "postgres",
            Duration::from_millis(1500),
            true,
            Signal::SIGINT,
            130,
        ),
        (
            "postgres",
            Duration::from_millis(800),
            false,
            Signal::SIGTERM,
            143,
        ),
    ];
    for (program, later, group, signal, code) in moments {
        let mut demo = demo(major);
        demo.command().process_group(0);
        let running = demo.start();
        let folder = folder(&running, program);
        sleep(later);
        if group {
            killpg(pid(running.id()), signal).unwrap();
        } else {
            running.signal(signal);
        }
        let asked = Instant::now();
        let ended = running.wait();
        let took = asked.elapsed();
        gone(&folder);
        let moment = format!("{program} + {later:?}, {signal}, group: {group}");
        assert_eq!(ended.code, Some(code), "{moment}: {ended}");
        assert!(
            ended.err.ends_with("pgaudit: interrupted\n"),
            "{moment}: {ended}"
        );
        assert!(took < Duration::from_secs(30), "{moment}: it took {took:?}");
    }
}

/// Waits for a child that works below a temporary folder, and says which folder that is.
#[track_caller]
fn folder(parent: &Running, program: &str) -> PathBuf {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let found = processes().find_map(|process| {
            let status = fs::read_to_string(process.join("stat")).ok()?;
            let words: Vec<_> = fs::read_to_string(process.join("cmdline"))
                .ok()?
                .split('\0')
                .map(str::to_owned)
                .collect();
            let name = Path::new(&words[0]).file_name()?.to_str()?;
            // Behind the name in parentheses: the state, and the parent.
            let of = status.rsplit_once(") ")?.1.split(' ').nth(1)?;
            let data = words.iter().skip_while(|word| *word != "-D").nth(1)?;
            let ours = name == program && of == parent.id().to_string();
            ours.then(|| Path::new(data).parent().map(Path::to_owned))?
        });
        if let Some(folder) = found {
            return folder;
        }
        let late = Instant::now() > until;
        assert!(
            !late && parent.runs(),
            "the demo starts no {program}: {late}"
        );
        sleep(Duration::from_millis(10));
    }
}

fn processes() -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// Neither the folder nor anybody who works in it is left.
#[track_caller]
fn gone(folder: &Path) {
    let below = |process: &PathBuf| {
        let at = fs::read_link(process.join("cwd")).unwrap_or_default();
        at.starts_with(folder)
    };
    // What was killed with its parent may take a moment.
    let until = Instant::now() + Duration::from_secs(1);
    while processes().any(|process| below(&process)) && Instant::now() < until {
        sleep(Duration::from_millis(20));
    }
    let left: Vec<_> = processes().filter(below).collect();
    assert!(left.is_empty(), "left in {}: {left:?}", folder.display());
    assert!(!folder.exists(), "{} is left", folder.display());
}
