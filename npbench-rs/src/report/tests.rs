use super::*;
use crate::database::Plan;
use crate::machine::Machine;

fn record(program: &str, framework: &str, seconds: f64) -> Record {
    let mut record = Record {
        benchmark: program.into(),
        preset: "S".into(),
        framework: framework.into(),
        version: "1.0".into(),
        validated: Some(true),
        operations: Some(2e9),
        minimum_bytes: Some(1e9),
        ..Record::default()
    };
    record.set_times(vec![seconds; 3]);
    record
}

fn selection() -> Selection {
    let mut wrong = record("gemm", "jax", 1.0);
    wrong.validated = Some(false);
    wrong.error = Some("error 1 is above <1e-11>".into());
    let mut numba = record("gemm", "numba", 3.0);
    numba.compile_s = Some(12.25);
    Selection {
        plan: Plan {
            machine: Machine {
                processor: "A & B".into(),
                system: "a system".into(),
                cores: 2,
                memory: None,
            },
            preset: "S".into(),
            programs: "gemm,mlp".into(),
            frameworks: "dace-rs,numpy,numba,jax".into(),
            repeat: 3,
            threads: 2,
            validate: true,
        },
        date: "2026-01-02 03:04".into(),
        records: vec![
            record("gemm", "dace-rs", 0.5),
            record("gemm", "numpy", 2.0),
            numba,
            wrong,
            record("mlp", "dace-rs", 0.25),
        ],
    }
}

/// 10 GB/s, and 8 and 16 GFLOP/s.
fn ceiling(kind: Kind) -> Option<f64> {
    Some(match kind {
        Kind::Copy => 9e9,
        Kind::Triad => 10e9,
        Kind::Float64 => 8e9,
        Kind::Float32 => 16e9,
    })
}

#[test]
fn the_page_tells_all() {
    let page = page(&selection(), ceiling);
    for text in [
        "A &amp; B",
        "2026-01-02 03:04",
        ">500.00 ms<",
        "error 1 is above &lt;1e-11&gt;",
        "Compile times",
        ">12.25<",
        "JAX 1.0",
        "class=\"heat-map\"",
        "class=\"roofline\"",
        ">4.00×<",
    ] {
        assert!(page.contains(text), "{text} is missing in {page}");
    }
    // It needs nothing else: no address but the name of SVG.
    let addresses = page.matches("http").count();
    assert_eq!(
        addresses,
        page.matches("http://www.w3.org/2000/svg").count()
    );
    assert!(!page.contains("<script"));
}

#[test]
fn without_ceilings_the_page_says_how_to_measure_them() {
    let page = page(&selection(), |_| None);
    assert!(page.contains("npbench ceilings --threads 2"));
    assert!(!page.contains("class=\"roofline\""));
}

#[test]
fn shares_are_of_the_ceiling_that_is_met_first() {
    let matrix = Matrix::new(&selection().by_program());
    let ceilings = Ceilings::of(ceiling).expect("all ceilings");
    let places = roofline::places(&matrix, ceilings);
    let close = |x: f64, y: f64| assert!((x - y).abs() < 1e-12, "{x} instead of {y}");
    // gemm, in float64: 0.1 s for the bytes, 0.25 s for the operations, of 0.5 s.
    assert_eq!(places[0].program, "gemm");
    assert_eq!(places[0].bound, roofline::Bound::Operations);
    close(places[0].share, 0.5);
    close(places[0].numpy_share.expect("NumPy's"), 0.125);
    // mlp, in float32: 0.1 s for the bytes, 0.125 s for the operations, of 0.25 s.
    close(places[1].share, 0.5);
    close(places[1].intensity().expect("operations"), 2.0);
}
