//! Texts that nobody would write: a fixed sample of those that `dace-oracle mutants` and `dace-oracle extremes` compile by the thousand.

use dace_oracle::hostile::{Campaign, Source, run};
use std::ops::Range;
use std::path::PathBuf;

/// The compiler here is not optimised, and other tests run beside.
const LIMIT: f64 = 20.0;

fn fine(source: Source, seeds: Range<u64>) {
    let campaign = Campaign {
        source,
        seeds,
        limit: LIMIT,
        jobs: 2,
        program: PathBuf::from(env!("CARGO_BIN_EXE_dace-oracle")),
    };
    assert_eq!(run(&campaign), Ok(true), "what was found is printed above");
}

#[test]
fn mutants() {
    fine(Source::Mutants, 0..400);
}

#[test]
fn extremes() {
    fine(Source::Extremes, 0..200);
}
