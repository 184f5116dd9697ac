//! `npbench-rs`: runs, validates and compares the programs.

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use npbench::measure::{Framework, Record, Settings, find_python, measure, reference};
use npbench::programs::{Preset, Program, all};
use npbench::{report, stored, text, worker};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

#[derive(Parser)]
#[command(
    name = "npbench-rs",
    version,
    about = "The NPBench programs on dace for Rust: run, validate, compare"
)]
struct Cli {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Measure programs, validate their results, print a table
    Run(Run),
    /// List the programs
    List,
    /// Print the Python text of a program
    Text {
        #[arg(value_parser = names())]
        benchmark: String,
    },
    /// Print the stored results made anew by NumPy (`reference/results.json`)
    Reference {
        /// A Python with NumPy [default: $NPBENCH_PYTHON, else python3]
        #[arg(long)]
        python: Option<PathBuf>,
    },
    /// Serve one program to a parent process
    #[command(hide = true)]
    Worker {
        benchmark: String,
        preset: Preset,
        #[arg(long)]
        hand_over: Option<PathBuf>,
    },
}

#[derive(Args)]
struct Run {
    /// Programs to run, by name or abbreviation, separated by commas or each with its own option [default: all]
    #[arg(short, long, value_delimiter = ',', value_parser = names())]
    benchmark: Vec<String>,
    /// Sizes
    #[arg(short, long, default_value = "S")]
    preset: Preset,
    /// Frameworks to measure [default: dace-rs, and numpy where found]
    #[arg(short, long, value_delimiter = ',')]
    framework: Vec<Framework>,
    /// Timed runs of each program
    #[arg(short, long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// Compare the results with NumPy's, or with stored samples of them
    #[arg(short, long, default_value_t = true, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    validate: bool,
    /// Seconds for each program and framework, initialisation included
    #[arg(short, long, default_value_t = 200.0, value_parser = seconds)]
    timeout: f64,
    /// Write one JSON object a line for each measurement
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// A Python with NumPy [default: $NPBENCH_PYTHON, else python3]
    #[arg(long)]
    python: Option<PathBuf>,
}

/// Names and abbreviations of the programs.
fn names() -> PossibleValuesParser {
    let mut names: Vec<&'static str> = Vec::new();
    for program in all() {
        for name in [program.name, program.short] {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    PossibleValuesParser::new(names)
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if Duration::try_from_secs_f64(seconds).is_ok() && seconds > 0.0 => Ok(seconds),
        _ => Err("must be a positive number of seconds".into()),
    }
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().action {
        Action::Run(run) => execute(&run),
        Action::List => {
            show(&report::list(&all()));
            Ok(true)
        }
        Action::Text { benchmark } => print_text(&benchmark),
        Action::Reference { python } => print_reference(python),
        Action::Worker {
            benchmark,
            preset,
            hand_over,
        } => find(&benchmark)
            .and_then(|p| worker::serve(&p, preset, hand_over.as_deref()))
            .map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
    }
}

/// Prints; a reader that has gone away is no error.
fn show(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn find(name: &str) -> Result<Program, String> {
    all()
        .into_iter()
        .find(|p| p.name == name || p.short == name)
        .ok_or_else(|| format!("no program {name}"))
}

fn print_text(benchmark: &str) -> Result<bool, String> {
    let program = find(benchmark)?;
    show(&text::python(program.file).ok_or("the program's file holds no text")?);
    Ok(true)
}

fn print_reference(python: Option<PathBuf>) -> Result<bool, String> {
    let python =
        find_python(python)?.ok_or("no Python with NumPy found: name one with --python")?;
    let mut results = stored::Results::new();
    for program in all() {
        let mut presets = BTreeMap::new();
        for preset in stored::PRESETS {
            let summaries = reference(&program, preset, &python)
                .map_err(|why| format!("{}: {why}", program.name))?;
            presets.insert(preset.name().to_owned(), summaries);
        }
        results.insert(program.name.to_owned(), presets);
    }
    show(&stored::to_json(&results)?);
    show("\n");
    Ok(true)
}

/// True if each measurement was taken and each result is valid.
fn execute(run: &Run) -> Result<bool, String> {
    let programs: Vec<Program> = all()
        .into_iter()
        .filter(|p| {
            run.benchmark.is_empty() || run.benchmark.iter().any(|b| b == p.name || b == p.short)
        })
        .collect();
    let python = find_python(run.python.clone())?;
    let frameworks = if run.framework.is_empty() {
        let numpy = python.iter().map(|_| Framework::Numpy);
        std::iter::once(Framework::DaceRs).chain(numpy).collect()
    } else {
        run.framework.clone()
    };
    if python.is_none() {
        if frameworks.contains(&Framework::Numpy) {
            return Err(
                "no Python with NumPy found: name one with --python or NPBENCH_PYTHON".into(),
            );
        }
        eprintln!(
            "note: no Python with NumPy found: no comparison of speed, results checked against stored samples"
        );
    }
    let settings = Settings {
        preset: run.preset,
        frameworks,
        repeat: run.repeat as usize,
        validate: run.validate,
        timeout: Duration::from_secs_f64(run.timeout),
        python,
    };
    let mut json = match &run.json {
        Some(path) => Some(File::create(path).map_err(|e| format!("{}: {e}", path.display()))?),
        None => None,
    };
    let progress = ProgressBar::new(programs.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{elapsed:>4} [{bar:30}] {pos}/{len} {msg}") {
        progress.set_style(style.progress_chars("=> "));
    }
    progress.enable_steady_tick(Duration::from_millis(200));
    let mut records: Vec<Vec<Record>> = Vec::new();
    for program in &programs {
        progress.set_message(program.name);
        let measured = measure(program, &settings)?;
        for record in &measured {
            if let Some(file) = &mut json {
                let line = serde_json::to_string(record).map_err(|e| e.to_string())?;
                writeln!(file, "{line}").map_err(|e| format!("cannot write JSON: {e}"))?;
            }
        }
        records.push(measured);
        progress.inc(1);
    }
    progress.finish_and_clear();
    show(&report::summary(&records));
    Ok(records
        .iter()
        .flatten()
        .all(|r| r.error.is_none() && r.validated != Some(false)))
}
