//! `pgaudit`: parse, run, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(pgaudit::commands::main(std::env::args_os().collect()).code())
}
