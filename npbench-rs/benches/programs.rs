//! All programs under criterion, at the sizes of `NPBENCH_PRESET` (S where it is not set).

use clap::ValueEnum;
use criterion::Criterion;
use npbench::programs::{Preset, all};
use npbench::worker::Instance;
use std::time::Duration;

fn main() {
    let asked = std::env::var("NPBENCH_PRESET").unwrap_or_else(|_| "S".into());
    let preset = match Preset::from_str(&asked, true) {
        Ok(preset) => preset,
        Err(why) => {
            eprintln!("error: NPBENCH_PRESET={asked}: {why}");
            std::process::exit(2);
        }
    };
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    for program in all() {
        let mut instance = match Instance::new(&program, preset) {
            Ok(instance) => instance,
            Err(why) => {
                eprintln!("{}: {why}", program.name);
                continue;
            }
        };
        if let Err(why) = instance.run() {
            eprintln!("{}: {why}", program.name);
            continue;
        }
        criterion.bench_function(&format!("{}/{preset}", program.name), |bencher| {
            bencher.iter_custom(|iterations| {
                // Arguments are restored between the runs, outside of the time.
                let seconds: f64 = (0..iterations)
                    .map(|_| instance.run().unwrap_or(f64::NAN))
                    .sum();
                Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
            });
        });
    }
    criterion.final_summary();
}
