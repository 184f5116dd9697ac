//! Compares many random programs, as CPython with NumPy, the interpreter and generated Rust run them.

use dace_oracle::generated::{
    Batch, Extent, LEVELS, ORDERS, Report, Runner, SEEDS, check, parse_seeds,
};
use dace_oracle::random::Kind;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const USAGE: &str = "\
usage: dace-oracle FIRST..LAST [--kind mixed|races] [--batch COUNT] [--profile NAME]
                   [--tool asan|valgrind|miri|races|tsan]

Builds the random programs FIRST to LAST - 1 as Rust, COUNT in one go (100), and compares what they
compute with NumPy and the interpreter. A Python with NumPy 2 is python3 or what NPBENCH_PYTHON names.

--kind NAME      of programs: everything in turn (mixed, the default), or those whose iterations meet in
                 memory (races)
--profile NAME   of cargo: dev (the default), release
--tool NAME      runs the programs under AddressSanitizer, Valgrind's memcheck, or Miri (which has to be
                 installed in the toolchain `nightly`), on smaller arguments; with the runtime's race
                 detector, in all orders of chunks; or on threads under ThreadSanitizer

       dace-oracle show SEED [KIND]

Prints a program, its SDFG and its Rust text. SEED may be the path of a file with a program.";

/// What watches the programs while they run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tool {
    None,
    Asan,
    Valgrind,
    Miri,
    Races,
    Tsan,
}

struct Campaign {
    programs: Batch,
    batch: u64,
    profile: String,
    tool: Tool,
}

fn campaign(mut args: impl Iterator<Item = String>) -> Option<Campaign> {
    let mut campaign = Campaign {
        programs: Batch {
            kind: Kind::default(),
            seeds: parse_seeds(&args.next()?)?,
        },
        batch: 100,
        profile: "dev".to_owned(),
        tool: Tool::None,
    };
    while let Some(arg) = args.next() {
        let value = args.next()?;
        match arg.as_str() {
            "--batch" => campaign.batch = value.parse().ok().filter(|b| *b > 0)?,
            "--kind" => campaign.programs.kind = Kind::from_name(&value)?,
            "--profile" => campaign.profile = value,
            "--tool" => {
                campaign.tool = match value.as_str() {
                    "asan" => Tool::Asan,
                    "valgrind" => Tool::Valgrind,
                    "miri" => Tool::Miri,
                    "races" => Tool::Races,
                    "tsan" => Tool::Tsan,
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
    Some(campaign)
}

/// The triple of this machine. A sanitizer is for the programs only, not for what runs while they are built, and cargo makes that difference where a
/// target is named.
fn host() -> Option<String> {
    let output = Command::new("rustc").arg("-vV").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines()
        .find_map(|l| l.strip_prefix("host: "))
        .map(str::to_owned)
}

/// The process of a batch, for each level of the processor that is to be run.
fn build(campaign: &Campaign, batch: &Batch) -> Result<Vec<Runner>, String> {
    let seeds = batch.to_string();
    let package = ["-p", "dace-oracle-programs", "--profile", &campaign.profile];
    if campaign.tool == Tool::Miri {
        // Miri has no processor with vector instructions, and interprets: the process is started by cargo.
        let command = ["cargo", "+nightly", "miri", "run", "--quiet"];
        return Ok(vec![Runner {
            name: "Miri".to_owned(),
            command: command
                .iter()
                .chain(&package)
                .map(|s| (*s).to_owned())
                .collect(),
            environment: vec![
                (SEEDS.to_owned(), seeds),
                // It reads its work from standard input; the threads of the pool outlive it.
                (
                    "MIRIFLAGS".to_owned(),
                    "-Zmiri-disable-isolation -Zmiri-ignore-leaks".to_owned(),
                ),
            ],
            patience: Duration::from_mins(30),
        }]);
    }
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--message-format=json-render-diagnostics"])
        .args(package)
        .env(SEEDS, seeds)
        .stderr(Stdio::inherit());
    if matches!(campaign.tool, Tool::Races | Tool::Tsan) {
        cargo.args(["--features", "races"]);
    }
    if matches!(campaign.tool, Tool::Asan | Tool::Tsan) {
        let host = host().ok_or("rustc does not say what machine this is")?;
        cargo.args(["--target", &host]).env("RUSTC_BOOTSTRAP", "1");
        if campaign.tool == Tool::Asan {
            cargo.env("RUSTFLAGS", "-Zsanitizer=address");
        } else {
            // The standard library is not built with it: what threads share they hand over by atomics of ours, which it sees.
            cargo.env(
                "RUSTFLAGS",
                "-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer",
            );
        }
    }
    let output = cargo.output().map_err(|e| format!("cargo: {e}"))?;
    if !output.status.success() {
        return Err("the programs do not build".to_owned());
    }
    let path = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|l| serde_json::from_str::<serde_json::Value>(l).ok())
        .find_map(|m| m["executable"].as_str().map(str::to_owned))
        .ok_or("cargo names no executable")?;
    match campaign.tool {
        Tool::Races => return Ok(ORDERS.map(|o| Runner::in_order(&path, o)).to_vec()),
        Tool::Tsan => return Ok(vec![Runner::in_order(&path, "threads")]),
        _ => {}
    }
    let mut runners: Vec<Runner> = LEVELS.map(|l| Runner::at_level(&path, l)).to_vec();
    if campaign.tool == Tool::Valgrind {
        // Valgrind knows no AVX-512.
        runners.truncate(2);
        for runner in &mut runners {
            let options = [
                "valgrind",
                "--quiet",
                "--error-exitcode=9",
                "--exit-on-first-error=yes",
            ];
            runner.command.splice(0..0, options.map(str::to_owned));
            runner.patience = Duration::from_mins(10);
        }
    }
    Ok(runners)
}

/// Prints what becomes of one program.
fn show(which: &str, kind: Kind) -> ExitCode {
    let text = match which.parse() {
        Ok(seed) => dace_oracle::random::program(kind, seed).0,
        Err(_) => match std::fs::read_to_string(which) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{which}: {error}");
                return ExitCode::FAILURE;
            }
        },
    };
    println!("{text}\n{}", dace_oracle::generated::shown(&text));
    ExitCode::SUCCESS
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let ["show", which, kind @ ..] = &args.iter().map(String::as_str).collect::<Vec<_>>()[..]
        && let Some(kind) = kind
            .first()
            .map_or(Some(Kind::default()), |k| Kind::from_name(k))
    {
        return show(which, kind);
    }
    let Some(campaign) = campaign(args.into_iter()) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let Some(python) = dace_oracle::python() else {
        return ExitCode::from(2);
    };
    let watched = campaign.tool != Tool::None;
    let extent = Extent {
        wide: campaign.tool != Tool::Miri,
        large: !watched,
        // The detector watches what a map does; the interpreter what it may do.
        interpreter: match campaign.tool {
            Tool::None | Tool::Races => 10_000,
            _ => 0,
        },
    };
    let mut total = Report::default();
    let all = &campaign.programs.seeds;
    let mut first = all.start;
    while first < all.end {
        let batch = Batch {
            kind: campaign.programs.kind,
            seeds: first..all.end.min(first + campaign.batch),
        };
        first = batch.seeds.end;
        let start = Instant::now();
        let runners = match build(&campaign, &batch) {
            Ok(runners) => runners,
            Err(what) => {
                eprintln!("{batch}: {what}");
                return ExitCode::FAILURE;
            }
        };
        let built = start.elapsed().as_secs();
        let report = check(&batch, &runners, &python, extent);
        for wrong in &report.wrong {
            println!("\n{wrong}\n");
        }
        println!(
            "{batch}: {} refused, {} runs, {} errors, {} wrong, {} ill-conditioned; {built} s to build, {:.0} s NumPy, {:.0} s interpreter, {:.0} s Rust",
            report.refusals(),
            report.runs,
            report.errors,
            report.wrong.len(),
            report.ill_conditioned.len(),
            report.seconds.0,
            report.seconds.1,
            report.seconds.2
        );
        total.add(report);
    }
    for (times, example) in total.refused.values() {
        println!("refused {times} times, for example {example}");
    }
    for seed in &total.ill_conditioned {
        println!(
            "seed {seed} is ill-conditioned: NumPy's own results change as much when arguments and functions change by a rounding"
        );
    }
    println!(
        "{} programs, {} refused, {} ill-conditioned; {} runs of generated Rust, {} of them errors; {} wrong",
        total.programs,
        total.refusals(),
        total.ill_conditioned.len(),
        total.runs,
        total.errors,
        total.wrong.len()
    );
    if total.wrong.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
