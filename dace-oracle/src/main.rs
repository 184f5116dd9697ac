//! Compares many random programs, as CPython with NumPy, the interpreter and generated Rust run them.

use dace_host::console;
use dace_oracle::generated::{BATCHES, Batch, Extent, LEVELS, Report, Runner, check, parse_seeds};
use dace_oracle::hostile::{self, Source, Texts};
use dace_oracle::random::{KINDS, Kind};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const USAGE: &str = "\
usage: dace-oracle FIRST..LAST [--kind NAME] [--batch COUNT] [--profile NAME] [--tool asan|valgrind|miri]

Builds the random programs FIRST to LAST - 1 as Rust, COUNT in one go (100), and compares what they
compute with NumPy and the interpreter. A Python with NumPy 2 is python3 or what NPBENCH_PYTHON names.

--kind NAME      what the programs are about: mixed (the default), extremes (integers at the ends of
                 their ranges, 75 sets of arguments each), literals (at the ends of the ranges of types),
                 names (of Rust, of the runtime and of generated code, then random ones)
--profile NAME   of cargo: dev (the default), release
--tool NAME      runs the programs under AddressSanitizer, Valgrind's memcheck, or Miri (which has to be
                 installed in the toolchain `nightly`), on smaller arguments

       dace-oracle show SEED [--kind NAME]

Prints a program, its SDFG and its Rust text. SEED may be the path of a file with a program.

       dace-oracle mutants|extremes FIRST..LAST [--limit SECONDS] [--jobs COUNT]

Compiles hostile texts: the programs of this repository with some tokens changed, or programs with
extreme sizes, slices and nesting. Fails if the compiler panics, reports a mistake of its own (D999),
overflows a stack of 2 MiB, or takes more than SECONDS (2) of processor time for a text.

       dace-oracle mutants|extremes SEED

Prints one of these texts.";

/// What watches the programs while they run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tool {
    None,
    Asan,
    Valgrind,
    Miri,
}

struct Campaign {
    kind: Kind,
    seeds: Range<u64>,
    batch: u64,
    profile: String,
    tool: Tool,
}

fn campaign(mut args: impl Iterator<Item = String>) -> Option<Campaign> {
    let mut campaign = Campaign {
        seeds: parse_seeds(&args.next()?)?,
        kind: Kind::default(),
        batch: 100,
        profile: "dev".to_owned(),
        tool: Tool::None,
    };
    while let Some(arg) = args.next() {
        let value = args.next()?;
        match arg.as_str() {
            "--kind" => campaign.kind = value.parse().ok()?,
            "--batch" => campaign.batch = value.parse().ok().filter(|b| *b > 0)?,
            "--profile" => campaign.profile = value,
            "--tool" => {
                campaign.tool = match value.as_str() {
                    "asan" => Tool::Asan,
                    "valgrind" => Tool::Valgrind,
                    "miri" => Tool::Miri,
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

/// Where campaigns build: a folder beside what `cargo test` builds, whose programs are others of the same name.
fn target() -> Result<PathBuf, String> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version=1", "--no-deps"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cargo: {e}"))?;
    serde_json::from_slice::<serde_json::Value>(&output.stdout)
        .ok()
        .and_then(|m| Some(Path::new(m["target_directory"].as_str()?).join("oracle")))
        .ok_or_else(|| "cargo names no target folder".to_owned())
}

/// Waits until no other campaign builds and runs there; the lock goes with the file.
fn alone(target: &Path) -> Result<File, String> {
    let path = target.join("campaign.lock");
    let failed = |e: std::io::Error| format!("{}: {e}", path.display());
    std::fs::create_dir_all(target).map_err(failed)?;
    let file = File::create(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            console::complain("waiting for another campaign");
            file.lock().map_err(failed)?;
        }
        Err(TryLockError::Error(e)) => return Err(failed(e)),
    }
    Ok(file)
}

/// The process of a batch, for each level of the processor that is to be run.
fn build(campaign: &Campaign, target: &Path, batch: &Batch) -> Result<Vec<Runner>, String> {
    let programs = batch.to_string();
    let package = ["-p", "dace-oracle-programs", "--profile", &campaign.profile].map(OsStr::new);
    let place = [OsStr::new("--target-dir"), target.as_os_str()];
    if campaign.tool == Tool::Miri {
        // Miri has no processor with vector instructions, and interprets: the process is started by cargo.
        let command = ["cargo", "+nightly", "miri", "run", "--quiet"];
        return Ok(vec![Runner {
            name: "Miri".to_owned(),
            command: command
                .iter()
                .map(OsStr::new)
                .chain(package)
                .chain(place)
                .map(|s| s.to_string_lossy().into_owned())
                .collect(),
            environment: vec![
                (BATCHES.to_owned(), programs),
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
        .args(place)
        .env(BATCHES, programs)
        .stderr(Stdio::inherit());
    if campaign.tool == Tool::Asan {
        let host = host().ok_or("rustc does not say what machine this is")?;
        cargo
            .args(["--target", &host])
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Zsanitizer=address");
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

/// Hostile texts through the compiler: whether nothing was found. `None` if the arguments are not understood.
fn hostile(source: Source, mut args: impl Iterator<Item = String>) -> Option<Result<bool, String>> {
    let which = args.next()?;
    if let Ok(seed) = which.parse() {
        let text = Texts::new(source).text(seed);
        let text = format!("{}\n# {:?}\n", text.text, text.form);
        return Some(console::print(&text).map(|()| true));
    }
    let mut campaign = hostile::Campaign {
        source,
        seeds: parse_seeds(&which)?,
        limit: 2.0,
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        program: std::env::current_exe().ok()?,
    };
    while let Some(arg) = args.next() {
        let value = args.next()?;
        match arg.as_str() {
            "--limit" => campaign.limit = value.parse().ok().filter(|s| *s > 0.0)?,
            "--jobs" => campaign.jobs = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(hostile::run(&campaign))
}

/// Prints what becomes of one program.
fn show(which: &str, kind: Kind) -> Result<(), String> {
    let text = match which.parse() {
        Ok(seed) => dace_oracle::random::program(kind, seed).0,
        Err(_) => std::fs::read_to_string(which).map_err(|e| format!("{which}: {e}"))?,
    };
    console::print(&format!(
        "{text}\n{}\n",
        dace_oracle::generated::shown(&text)
    ))
}

/// Prints what has come out. Nobody needs more where nobody reads it.
fn tell(text: &str) -> Result<(), Ended> {
    let mut output = std::io::stdout().lock();
    output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
        .map_err(|e| match console::printed(Err(e)) {
            Ok(()) => Ended::Unread,
            Err(why) => Ended::Failed(why),
        })
}

/// Why a campaign ended before its end.
enum Ended {
    Unread,
    Failed(String),
}

impl From<String> for Ended {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

fn main() -> ExitCode {
    dace_host::begin();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let source = match arguments.first().map(String::as_str) {
        Some("serve") => {
            hostile::serve();
            return ExitCode::SUCCESS;
        }
        Some("mutants") => Some(Source::Mutants),
        Some("extremes") => Some(Source::Extremes),
        _ => None,
    };
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--help" | "-h"] => console::print(&format!("{USAGE}\n")).map(|()| true),
        ["show", which] => show(which, Kind::default()).map(|()| true),
        ["show", which, "--kind", name] if KINDS.iter().any(|(n, _)| *n == name) => {
            show(which, name.parse().unwrap_or_default()).map(|()| true)
        }
        _ if source.is_some() => {
            let rest = arguments.into_iter().skip(1);
            let Some(outcome) = source.and_then(|s| hostile(s, rest)) else {
                console::complain(USAGE);
                return ExitCode::from(2);
            };
            outcome
        }
        _ => {
            let Some(campaign) = campaign(arguments.into_iter()) else {
                console::complain(USAGE);
                return ExitCode::from(2);
            };
            let Some(python) = dace_oracle::python() else {
                return ExitCode::from(2);
            };
            match run(&campaign, &python) {
                Ok(right) => Ok(right),
                Err(Ended::Unread) => Ok(true),
                Err(Ended::Failed(why)) => Err(why),
            }
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            console::complain(why);
            ExitCode::FAILURE
        }
    }
}

/// Whether all programs agree.
fn run(campaign: &Campaign, python: &PathBuf) -> Result<bool, Ended> {
    let target = target()?;
    let _alone = alone(&target)?;
    let watched = campaign.tool != Tool::None;
    let extent = Extent {
        wide: campaign.tool != Tool::Miri,
        large: !watched,
        interpreter: if watched { 0 } else { 10_000 },
        sets: if campaign.tool == Tool::Miri { 4 } else { 75 },
    };
    let mut total = Report::default();
    let mut first = campaign.seeds.start;
    while first < campaign.seeds.end {
        let last = first.saturating_add(campaign.batch);
        let batch = Batch {
            kind: campaign.kind,
            seeds: first..campaign.seeds.end.min(last),
        };
        first = batch.seeds.end;
        let start = Instant::now();
        let runners =
            build(campaign, &target, &batch).map_err(|what| format!("{batch}: {what}"))?;
        let built = start.elapsed().as_secs();
        let report = check(&batch, &runners, python, extent);
        for wrong in &report.wrong {
            tell(&format!("\n{wrong}\n\n"))?;
        }
        tell(&format!(
            "{batch}: {} refused, {} runs, {} errors, {} wrong, {} ill-conditioned; {built} s to build, {:.0} s NumPy, {:.0} s interpreter, {:.0} s Rust\n",
            report.refusals(),
            report.runs,
            report.errors,
            report.wrong.len(),
            report.ill_conditioned.len(),
            report.seconds.0,
            report.seconds.1,
            report.seconds.2
        ))?;
        total.add(report);
    }
    let mut text = String::new();
    for (times, example) in total.refused.values() {
        let _ = writeln!(text, "refused {times} times, for example {example}");
    }
    for seed in &total.ill_conditioned {
        let _ = writeln!(
            text,
            "seed {seed} is ill-conditioned: NumPy's own results change as much when arguments and functions change by a rounding"
        );
    }
    let _ = writeln!(
        text,
        "{} programs, {} refused, {} ill-conditioned; {} runs of generated Rust, {} of them errors; {} wrong",
        total.programs,
        total.refusals(),
        total.ill_conditioned.len(),
        total.runs,
        total.errors,
        total.wrong.len()
    );
    tell(&text)?;
    Ok(total.wrong.is_empty())
}
