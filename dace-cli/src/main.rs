//! `cargo dace`: the compiler and the interpreter from the command line.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod npy;
mod render;
mod run;
mod show;
mod source;

use clap::{Args, Parser, Subcommand};
use dace_host::console;
use source::Unit;
use std::path::PathBuf;
use std::process::ExitCode;

/// The dace compiler from the command line: check programs, look at what becomes of them, run them in the interpreter.
///
/// FILE is a Python module (`.py`), a Rust file with `dace! { … }` invocations (`.rs`), or `-` for a Python module on standard input.
#[derive(Parser)]
#[command(name = "cargo dace", bin_name = "cargo dace", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  cargo dace check src/kernels.rs
  cargo dace show gemm.py --sdfg --after map_fusion
  cargo dace show gemm.py --function gemm --rust
  cargo dace run gemm.py --input A=a.npy --input B=b.npy --input C=c.npy --set alpha=1.5 --set beta=1.2 --out results";

#[derive(Subcommand)]
enum Command {
    /// Compile all programs of a file and print every mistake
    Check { file: PathBuf },
    /// Print what a program becomes
    Show(Show),
    /// Execute a program in the interpreter, on `.npy` files
    Run(Run),
    /// List the passes, the transformations and the pipelines
    Passes,
}

#[derive(Args)]
struct Show {
    file: PathBuf,
    /// Only this program; all of the file without it
    #[arg(long, short)]
    function: Option<String>,
    #[command(flatten)]
    form: Form,
    /// The program as this pass left it (the last time it changed something); `lower` is before all passes
    #[arg(long, value_name = "PASS")]
    after: Option<String>,
    /// Simplify only
    #[arg(long)]
    no_optimize: bool,
}

#[derive(Args)]
#[group(multiple = false)]
struct Form {
    /// The SDFG as text (the default)
    #[arg(long)]
    sdfg: bool,
    /// The SDFG in the JSON schema of Python DaCe's `.sdfg` files
    #[arg(long)]
    json: bool,
    /// The SDFG as a graph for Graphviz
    #[arg(long)]
    dot: bool,
    /// The Rust code
    #[arg(long)]
    rust: bool,
    /// Formulas for its arithmetic operations and for the bytes it has to move at the least
    #[arg(long)]
    work: bool,
}

#[derive(Args)]
struct Run {
    file: PathBuf,
    /// Which program, where the file has several
    #[arg(long, short)]
    function: Option<String>,
    /// An array argument from a `.npy` file of the parameter's type
    #[arg(long, short, value_name = "NAME=FILE")]
    input: Vec<String>,
    /// A scalar argument, or a symbol that no shape gives
    #[arg(long, short, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Write returned and changed arrays here, each as NAME.npy (`return.npy`, or `return_0.npy` and so on); without it they are printed
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Simplify only
    #[arg(long)]
    no_optimize: bool,
}

/// A command has failed, and has said why.
type Failed = String;

fn main() -> ExitCode {
    dace_host::begin();
    // As `cargo dace …`, cargo passes `dace` as the first argument.
    let mut args: Vec<_> = std::env::args_os().collect();
    if args.get(1).is_some_and(|a| a == "dace") {
        args.remove(1);
    }
    let command = match Cli::try_parse_from(args) {
        Ok(cli) => cli.command,
        // Help is one, too.
        Err(e) => {
            return match console::printed(e.print()) {
                Ok(()) => ExitCode::from(e.exit_code() as u8),
                Err(message) => failed(&message),
            };
        }
    };
    let result = match command {
        Command::Check { file } => check(&file),
        Command::Show(show) => show::show(&show),
        Command::Run(run) => run::run(&run),
        Command::Passes => console::print(&dace_core::registry::help()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => failed(&message),
    }
}

fn failed(message: &str) -> ExitCode {
    if !message.is_empty() {
        console::complain(render::error(message));
    }
    ExitCode::FAILURE
}

fn check(file: &std::path::Path) -> Result<(), Failed> {
    let units = source::read(file)?;
    let (mut programs, mut mistakes) = (0, 0);
    for unit in &units {
        match dace_core::compile(&unit.text, unit.form) {
            Ok(found) => programs += found.len(),
            Err(diagnostics) => {
                mistakes += diagnostics.len();
                render::diagnostics(unit, &diagnostics);
            }
        }
    }
    if mistakes > 0 {
        return Err(format!(
            "{mistakes} {} in {}",
            if mistakes == 1 { "mistake" } else { "mistakes" },
            file.display()
        ));
    }
    console::print(&format!(
        "{}: {programs} {}\n",
        file.display(),
        if programs == 1 { "program" } else { "programs" }
    ))
}

/// The programs of a unit; its mistakes are printed.
fn compile(
    unit: &Unit,
    adjust: &dyn Fn(&mut dace_core::pipeline::Options),
) -> Result<Vec<dace_core::Program>, Failed> {
    dace_core::compile_with(&unit.text, unit.form, adjust).map_err(|diagnostics| {
        render::diagnostics(unit, &diagnostics);
        String::new()
    })
}
