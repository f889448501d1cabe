//! `pgaudit`: parse, run, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    ExitCode::from(pgaudit::commands::main(&args).code())
}
