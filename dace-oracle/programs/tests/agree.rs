//! A few random programs as generated Rust. `cargo run --release -p dace-oracle` runs as many as you like.

use dace_oracle::generated::{Extent, LEVELS, Report, Runner, batches, check};

#[test]
fn generated_rust_agrees_with_numpy_and_the_interpreter() {
    let Some(python) = dace_oracle::python() else {
        return;
    };
    let path = env!("CARGO_BIN_EXE_dace-oracle-programs");
    let runners = LEVELS.map(|level| Runner::at_level(path, level));
    let extent = Extent {
        wide: true,
        large: true,
        interpreter: 100,
        sets: 12,
    };
    let mut report = Report::default();
    for batch in batches() {
        report.add(check(&batch, &runners, &python, extent));
    }
    println!(
        "{} programs, {} refused, {} runs, {} of them errors",
        report.programs,
        report.refusals(),
        report.runs,
        report.errors
    );
    assert!(report.wrong.is_empty(), "{}", report.wrong.join("\n\n"));
    assert!(
        report.refusals() * 4 <= report.programs,
        "{:?}",
        report.refused
    );
}
