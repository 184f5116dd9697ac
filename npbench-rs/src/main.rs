//! `npbench`: runs, validates and compares the programs.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod commands;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand};
use commands::{ceilings, compare, plot, report, run};
use dace_host::console;
use npbench::measure::reference;
use npbench::peers::Peers;
use npbench::programs::{Preset, Program, all};
use npbench::{interrupt, stored, table, text, worker};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "npbench",
    version,
    about = "The NPBench programs on dace for Rust and on its peers: run, validate, compare"
)]
struct Cli {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Measure programs, validate their results, print a table
    Run(run::Run),
    /// What has become slower or faster between two databases
    #[command(
        after_help = "Exit status: 1 where a program became significantly slower, or stopped to work"
    )]
    Compare(compare::Compare),
    /// Draw speeds over NumPy as a heat map
    Plot(plot::Plot),
    /// Write a page with all results
    Report(report::Report),
    /// Measure what the machine can do at the most
    Ceilings(ceilings::Ceilings),
    /// List the programs: domain, pattern of computation, sizes at each preset
    List,
    /// Print the Python text of a program
    Text {
        #[arg(value_parser = names())]
        benchmark: String,
    },
    /// The other frameworks: NumPy, Numba, Pythran, Python DaCe, JAX, C
    Peers {
        #[command(subcommand)]
        action: PeersAction,
    },
    /// Print the stored results made anew by NumPy (`reference/results.json`)
    Reference {
        /// A Python with NumPy [default: $NPBENCH_PYTHON, else that of the peers, else python3]
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

#[derive(Subcommand)]
enum PeersAction {
    /// Install pinned versions from PyPI into Python environments of their own
    Install {
        /// Folder for them [default: $NPBENCH_PEERS, else the user's cache]
        #[arg(long)]
        dir: Option<PathBuf>,
        /// A Python to make the environments with [default: python3, or a python3.N that suits]
        #[arg(long)]
        python: Option<PathBuf>,
    },
    /// Versions, or why one is missing
    List {
        /// Folder with them [default: $NPBENCH_PEERS, else the user's cache]
        #[arg(long)]
        dir: Option<PathBuf>,
    },
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

fn main() -> ExitCode {
    dace_host::begin();
    let action = match Cli::try_parse() {
        Ok(cli) => cli.action,
        // Help is one, too.
        Err(e) => {
            return match console::printed(e.print()) {
                Ok(()) => ExitCode::from(e.exit_code() as u8),
                Err(why) => failed(&why),
            };
        }
    };
    let outcome = match action {
        Action::Run(run) => run::execute(&run),
        Action::Compare(compare) => compare::execute(&compare),
        Action::Plot(plot) => plot::execute(&plot),
        Action::Report(report) => report::execute(&report),
        Action::Ceilings(ceilings) => ceilings::execute(&ceilings),
        Action::List => console::print(&table::list(&all())).map(|()| true),
        Action::Text { benchmark } => print_text(&benchmark),
        Action::Peers { action } => peers(action),
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
        Ok(false) if interrupt::requested() => ExitCode::from(interrupt::STATUS),
        Ok(false) => ExitCode::FAILURE,
        Err(why) => failed(&why),
    }
}

fn failed(why: &str) -> ExitCode {
    console::complain(format_args!("error: {why}"));
    ExitCode::from(2)
}

fn find(name: &str) -> Result<Program, String> {
    all()
        .into_iter()
        .find(|p| p.name == name || p.short == name)
        .ok_or_else(|| format!("no program {name}"))
}

fn print_text(benchmark: &str) -> Result<bool, String> {
    let program = find(benchmark)?;
    let text = text::python(program.file).ok_or("the program's file holds no text")?;
    console::print(&text).map(|()| true)
}

fn peers(action: PeersAction) -> Result<bool, String> {
    match action {
        PeersAction::Install { dir, python } => {
            let peers = Peers::at(dir)?;
            let complete = peers.install(python.as_deref())?;
            console::print(&peers.list())?;
            Ok(complete)
        }
        PeersAction::List { dir } => console::print(&Peers::at(dir)?.list()).map(|()| true),
    }
}

fn print_reference(python: Option<PathBuf>) -> Result<bool, String> {
    let setup = run::Run::with_numpy(python).setup()?;
    let mut results = stored::Results::new();
    for program in all() {
        let mut presets = BTreeMap::new();
        for preset in stored::PRESETS {
            let mut settings = setup.settings.clone();
            settings.preset = preset;
            let summaries =
                reference(&program, &settings).map_err(|why| format!("{}: {why}", program.name))?;
            presets.insert(preset.name().to_owned(), summaries);
        }
        results.insert(program.name.to_owned(), presets);
    }
    console::print(&(stored::to_json(&results)? + "\n")).map(|()| true)
}
