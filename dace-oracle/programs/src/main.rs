//! Runs generated functions on the arguments that come on standard input, and writes what they leave and return.
//!
//! A request is a line `KIND SEED LAYOUT`, a line for each argument, and `go`; the answer is `begin SEED`, one of `done`, `error …`
//! and `panic`, a line for each value, and `end`. `LAYOUT` draws how the arguments lie in memory. An answer is written before the next request is
//! read, so that a process that dies has named the program it died of.

mod args;

use args::Args;
use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// `fn run(kind: &str, seed: u64, args: &mut Args) -> Option<Result<(), dace::Error>>`, and the programs.
#[allow(
    clippy::undocumented_unsafe_blocks,
    reason = "the reasons stand where the compiler generates it"
)]
mod programs {
    include!(concat!(env!("OUT_DIR"), "/programs.rs"));
}

fn answer(kind: &str, seed: u64, args: &mut Args) -> String {
    // What a panic says goes to standard error; here it only has to be told from an error.
    match catch_unwind(AssertUnwindSafe(|| programs::run(kind, seed, args))) {
        Err(_) => "panic".to_owned(),
        Ok(None) => "unknown".to_owned(),
        Ok(Some(Err(error))) => format!("error {error}"),
        Ok(Some(Ok(()))) => "done".to_owned(),
    }
}

fn main() -> std::io::Result<()> {
    let mut lines = std::io::stdin().lock().lines();
    let mut out = std::io::stdout().lock();
    while let Some(line) = lines.next() {
        let line = line?;
        let mut words = line.split_whitespace();
        let kind = words.next().unwrap_or_default();
        let mut number = || {
            words
                .next()
                .and_then(|w| w.parse::<u64>().ok())
                .unwrap_or(0)
        };
        let (seed, layout) = (number(), number());
        let mut given = Vec::new();
        for line in lines.by_ref() {
            match line? {
                line if line == "go" => break,
                line => given.push(line),
            }
        }
        writeln!(out, "begin {seed}")?;
        out.flush()?;
        let mut args = Args::new(given, layout);
        let outcome = answer(kind, seed, &mut args);
        writeln!(out, "{outcome}")?;
        for line in args.left() {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "end")?;
        out.flush()?;
    }
    Ok(())
}
