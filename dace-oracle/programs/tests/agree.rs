//! A few random programs as generated Rust. `cargo run --release -p dace-oracle` runs as many as you like.

use dace_oracle::generated::{Extent, LEVELS, ORDERS, Runner, batches, check};
use dace_oracle::random::Kind;

#[test]
fn generated_rust_agrees_with_numpy_and_the_interpreter() {
    let Some(python) = dace_oracle::python() else {
        return;
    };
    let path = env!("CARGO_BIN_EXE_dace-oracle-programs");
    let runners: Vec<Runner> = if cfg!(feature = "races") {
        ORDERS.map(|order| Runner::in_order(path, order)).to_vec()
    } else {
        LEVELS.map(|level| Runner::at_level(path, level)).to_vec()
    };
    let extent = Extent {
        wide: true,
        // The detector remembers each element.
        large: !cfg!(feature = "races"),
        interpreter: 100,
        sets: 12,
    };
    for batch in batches() {
        let report = check(&batch, &runners, &python, extent);
        println!(
            "{batch}: {} programs, {} refused, {} runs, {} of them errors",
            report.programs,
            report.refusals(),
            report.runs,
            report.errors
        );
        assert!(report.wrong.is_empty(), "{}", report.wrong.join("\n\n"));
        // Iterations that meet are often refused, as they should be.
        let most = if batch.kind == Kind::Races { 2 } else { 4 };
        assert!(
            report.refusals() * most <= report.programs,
            "{:?}",
            report.refused
        );
    }
}
