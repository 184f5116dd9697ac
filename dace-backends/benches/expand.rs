//! How long one expansion of `dace!` takes for each NPBench program, with the compiler as a library: Python text to an optimised, verified SDFG to
//! Rust tokens.
//!
//! `cargo bench -p dace-backends`

use dace_core::syntax::Form;
use std::time::{Duration, Instant};

fn main() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../npbench-rs/kernels/src");
    let mut times: Vec<(String, Duration)> = Vec::new();
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("kernels")
        .filter_map(|e| e.ok().map(|e| e.path()))
        .collect();
    paths.sort();
    for path in paths {
        let rust = std::fs::read_to_string(&path).expect("readable");
        let (Some(start), Some(end)) = (rust.find("dace! {"), rust.rfind('}')) else {
            continue;
        };
        let text = &rust[start + "dace! {".len()..end];
        let mut samples: Vec<Duration> = (0..7)
            .map(|_| {
                let begin = Instant::now();
                let programs = dace_core::compile(text, Form::Block);
                let tokens = programs.as_deref().map(dace_backends::rust::generate);
                let took = begin.elapsed();
                assert!(tokens.is_ok(), "{}: {:?}", path.display(), tokens.err());
                took
            })
            .collect();
        samples.sort();
        times.push((
            path.file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            samples[samples.len() / 2],
        ));
    }
    times.sort_by_key(|(_, t)| *t);
    for (name, t) in &times {
        println!("{name:28} {:8.2} ms", t.as_secs_f64() * 1e3);
    }
    if let (Some(median), Some(worst)) = (times.get(times.len() / 2), times.last()) {
        println!(
            "{} programs: median {:.2} ms, worst {:.2} ms ({})",
            times.len(),
            median.1.as_secs_f64() * 1e3,
            worst.1.as_secs_f64() * 1e3,
            worst.0
        );
    }
}
