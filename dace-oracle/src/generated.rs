//! Random programs as generated Rust, against the interpreter and NumPy.
//!
//! The package `dace-oracle-programs` is built with the Rust text of a batch of programs ([`rust_text`], called by its build script). Its
//! process takes arguments and gives results as text, so that it may run under a sanitizer, Valgrind or Miri while the rest does not, and so
//! that a crash is an observation.

use crate::oracle::{self, Disagreement, Prepared};
use crate::random::{Kind, names, program};
use crate::{run_script, tensor};
use dace_core::Program;
use dace_core::analysis::signature::signature;
use dace_core::sdfg::{DType, ParamKind, Sdfg};
use dace_core::syntax::Form;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// The environment variable that names the programs to be built, as `kind first..last` pairs with a comma between them.
pub const BATCHES: &str = "DACE_FUZZ";

/// Some random programs.
#[derive(Clone, Debug)]
pub struct Batch {
    pub kind: Kind,
    pub seeds: Range<u64>,
}

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}..{}", self.kind, self.seeds.start, self.seeds.end)
    }
}

/// The programs to be built: those that the environment names, or a few of each kind.
pub fn batches() -> Vec<Batch> {
    let setting = std::env::var(BATCHES).unwrap_or_default();
    parse_batches(&setting).unwrap_or_else(|| {
        vec![
            Batch {
                kind: Kind::Mixed,
                seeds: 0..32,
            },
            Batch {
                kind: Kind::Extremes,
                seeds: 0..12,
            },
            Batch {
                kind: Kind::Names,
                seeds: 0..names::count(),
            },
            Batch {
                kind: Kind::Races,
                seeds: 0..24,
            },
        ]
    })
}

fn parse_batches(text: &str) -> Option<Vec<Batch>> {
    let batch = |part: &str| {
        let (kind, seeds) = part.trim().split_once(' ')?;
        Some(Batch {
            kind: kind.parse().ok()?,
            seeds: parse_seeds(seeds)?,
        })
    };
    text.split(',').map(batch).collect()
}

/// Reads `first..last`.
pub fn parse_seeds(text: &str) -> Option<Range<u64>> {
    let (first, last) = text.split_once("..")?;
    Some(first.parse().ok()?..last.parse().ok()?)
}

/// The optimised program, if the compiler accepts it; what it says, if not.
fn compile(text: &str) -> Result<Program, String> {
    let compiled = catch_unwind(|| dace_core::compile(text, Form::Block));
    match compiled {
        Err(_) => Err("the compiler panics".to_owned()),
        Ok(Err(mistakes)) => Err(mistakes
            .iter()
            .map(|m| format!("refused: {m}"))
            .collect::<Vec<_>>()
            .join("\n")),
        Ok(Ok(programs)) => programs
            .into_iter()
            .next_back()
            .ok_or_else(|| "no program".to_owned()),
    }
}

fn function(program: &Program) -> TokenStream {
    let options = dace_backends::rust::Options {
        strict_fp: program.options.strict_fp,
    };
    dace_backends::rust::generate_function(&program.sdfg, options)
}

/// What becomes of a program, for people.
pub fn shown(text: &str) -> String {
    match compile(text) {
        Ok(program) => format!(
            "{}\n{}",
            dace_core::sdfg::text::print(&program.sdfg),
            function(&program)
        ),
        Err(why) => why,
    }
}

/// The Rust text of some programs, and `run(seed, args)` that calls one of them.
pub fn rust_text(batches: &[Batch]) -> String {
    let mut text = String::from("use super::args::Args;\n");
    let mut arms = TokenStream::new();
    let each = batches
        .iter()
        .flat_map(|b| b.seeds.clone().map(|seed| (b.kind, seed)));
    for (kind, seed) in each {
        let (python, _) = program(kind, seed);
        let name = kind.to_string();
        // What does not compile is reported by the comparison.
        let Ok(program) = compile(&python) else {
            continue;
        };
        let call = call(&program.sdfg);
        let program = dace_backends::rust::generate_program(&program);
        let module = format_ident!("{name}_{seed}");
        let items = quote! {
            #[allow(unreachable_pub, dead_code)]
            mod #module {
                use super::Args;
                #[allow(unused_imports)]
                mod program { #program }
                #call
            }
        };
        // A module a line, so that a mistake shows which.
        writeln!(text, "{items}").expect("a string");
        let seed = Literal::u64_unsuffixed(seed);
        arms.extend(quote!((#name, #seed) => Some(#module::call(args)),));
    }
    let run = quote! {
        pub(crate) fn run(kind: &str, seed: u64, args: &mut Args) -> Option<Result<(), ::dace::Error>> {
            match (kind, seed) {
                #arms
                _ => None,
            }
        }
    };
    writeln!(text, "{run}").expect("a string");
    text
}

fn rust_type(dtype: DType) -> TokenStream {
    match dtype {
        DType::Bool => quote!(bool),
        DType::Int8 => quote!(i8),
        DType::Int16 => quote!(i16),
        DType::Int32 => quote!(i32),
        DType::Int64 => quote!(i64),
        DType::UInt8 => quote!(u8),
        DType::UInt16 => quote!(u16),
        DType::UInt32 => quote!(u32),
        DType::UInt64 => quote!(u64),
        DType::Float32 => quote!(f32),
        DType::Float64 => quote!(f64),
        DType::Complex64 => quote!(::dace::Complex<f32>),
        DType::Complex128 => quote!(::dace::Complex<f64>),
    }
}

/// Calls a function with what `args` gives, and gives back what is left in the arguments and what is returned.
fn call(sdfg: &Sdfg) -> TokenStream {
    let sig = signature(sdfg);
    let (mut take, mut pass, mut give) = Default::default();
    let (take, pass, give): (&mut TokenStream, &mut TokenStream, &mut TokenStream) =
        (&mut take, &mut pass, &mut give);
    for (index, param) in sdfg.params.iter().enumerate() {
        let name: Ident = format_ident!("a{index}");
        match &param.kind {
            ParamKind::Data(id) if !sdfg.desc(*id).is_scalar() => {
                let desc = sdfg.desc(*id);
                let (ty, dim) = (rust_type(desc.dtype), format_ident!("Ix{}", desc.rank()));
                if sig.written.contains(&index) {
                    take.extend(quote!(let mut #name = args.array::<#ty, ::dace::rt::#dim>();));
                    pass.extend(quote!(&mut #name.view_mut(),));
                } else {
                    take.extend(quote!(let #name = args.array::<#ty, ::dace::rt::#dim>();));
                    pass.extend(quote!(&#name.view(),));
                }
            }
            kind => {
                let dtype = match kind {
                    ParamKind::Data(id) => sdfg.desc(*id).dtype,
                    ParamKind::Symbol(_, dtype) => *dtype,
                };
                let ty = rust_type(dtype);
                take.extend(quote!(let #name = args.scalar::<#ty>();));
                pass.extend(quote!(#name,));
            }
        }
        give.extend(quote!(args.give(#name);));
    }
    for index in 0..sig.trailing.len() {
        let name = format_ident!("s{index}");
        take.extend(quote!(let #name = args.scalar::<i64>();));
        pass.extend(quote!(#name,));
    }
    match sdfg.returns.len() {
        0 => {}
        1 => give.extend(quote!(args.give(result);)),
        n => {
            for index in 0..n {
                let index = Literal::usize_unsuffixed(index);
                give.extend(quote!(args.give(result.#index);));
            }
        }
    }
    let name = dace_backends::rust::identifier(&sdfg.name);
    quote! {
        #[allow(clippy::all, clippy::pedantic, unused)]
        pub(crate) fn call(args: &mut Args) -> Result<(), ::dace::Error> {
            #take
            let result = program::#name(#pass)?;
            #give
            Ok(())
        }
    }
}

/// How to start the process that runs generated programs.
#[derive(Clone, Debug)]
pub struct Runner {
    /// For people.
    pub name: String,
    pub command: Vec<String>,
    pub environment: Vec<(String, String)>,
    /// For one program; some tools are slow.
    pub patience: Duration,
}

impl Runner {
    /// The process alone, on a processor of this level.
    pub fn at_level(path: &str, level: &str) -> Self {
        Self {
            name: format!("generated Rust, {level}"),
            command: vec![path.to_owned()],
            environment: vec![("DACE_LEVEL".to_owned(), level.to_owned())],
            patience: Duration::from_mins(1),
        }
    }
}

impl Runner {
    /// The process with the runtime's race detector, its chunks in one of the [`ORDERS`].
    pub fn in_order(path: &str, order: &str) -> Self {
        Self {
            name: format!("generated Rust, chunks {order}"),
            command: vec![path.to_owned()],
            environment: vec![
                ("DACE_ORDER".to_owned(), order.to_owned()),
                ("RAYON_NUM_THREADS".to_owned(), "4".to_owned()),
            ],
            patience: Duration::from_mins(2),
        }
    }
}

/// The orders in which the race detector runs chunks.
pub const ORDERS: [&str; 4] = ["forward", "backward", "odd-even", "threads"];

/// The levels of the runtime. On a processor that has not all of them some are run twice.
pub const LEVELS: [&str; 3] = ["baseline", "avx2", "avx512"];

/// What a run of one program gave: its lines, or what it said or did instead.
type Answer = Result<Vec<String>, String>;

/// A process and what it writes.
struct Process {
    child: std::process::Child,
    lines: Receiver<String>,
}

impl Process {
    fn start(runner: &Runner) -> Self {
        let mut child = Command::new(&runner.command[0])
            .args(&runner.command[1..])
            .envs(runner.environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the programs start");
        let out = child.stdout.take().expect("a pipe");
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// The answer to one request; `None` when the process is of no use any more.
    fn ask(&mut self, request: &str, patience: Duration) -> Result<Answer, String> {
        let input = self.child.stdin.as_mut().expect("a pipe");
        // A process that has died is noticed when its answer does not come.
        let _ = input
            .write_all(request.as_bytes())
            .and_then(|()| input.flush());
        let mut answer = Vec::new();
        loop {
            match self.lines.recv_timeout(patience) {
                Ok(line) if line == "end" => break,
                Ok(line) => answer.push(line),
                Err(RecvTimeoutError::Timeout) => {
                    let _ = self.child.kill();
                    return Err(format!("no answer within {patience:?}"));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait().expect("a process");
                    return Err(format!("the process died: {status}"));
                }
            }
        }
        let mut answer = answer
            .into_iter()
            .skip_while(|l| !l.starts_with("begin "))
            .skip(1);
        Ok(match answer.next() {
            Some(line) if line == "done" => Ok(answer.collect()),
            Some(line) => Err(line),
            None => Err("no answer".to_owned()),
        })
    }

    /// Ends the process; what it says of itself at the end.
    fn end(mut self) -> Option<String> {
        drop(self.child.stdin.take());
        let status = self.child.wait().expect("a process");
        (!status.success()).then(|| format!("the process ended with {status}"))
    }
}

fn request(run: &Run, layout: u64, p: &Prepared) -> String {
    let mut text = format!("program {} {} {layout}\n", run.kind, run.seed);
    for arg in &p.args {
        text += &oracle::line(arg);
        text.push('\n');
    }
    for (_, value) in &p.symbols {
        writeln!(text, "int64||{value}").expect("a string");
    }
    text + "go\n"
}

/// What a comparison of many programs gave.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub programs: usize,
    /// Reasons, how often, and an example.
    pub refused: BTreeMap<String, (usize, String)>,
    /// Arguments that a program was run with, in generated Rust.
    pub runs: usize,
    /// Of these, those that were an error everywhere.
    pub errors: usize,
    pub wrong: Vec<String>,
    /// Programs whose results differ from NumPy's no more than NumPy's own do when arguments change by a rounding.
    pub ill_conditioned: BTreeSet<u64>,
    /// Spent in NumPy, the interpreter, and generated Rust.
    pub seconds: (f64, f64, f64),
    /// Runs that are reported already: the program and which of its arguments.
    reported: BTreeSet<(u64, usize)>,
}

impl Report {
    /// Says what is wrong with one run, once: at other levels it mostly is the same.
    fn complain(&mut self, run: &Run, index: usize, stage: &str, what: &str) {
        if self.reported.insert((run.seed, index)) {
            let complaint = oracle::complaint(run.case, Some(&run.prepared[index]), stage, what);
            self.wrong.push(format!("{complaint} seed {}", run.seed));
        }
    }

    /// The same, unless the program amplifies roundings so much that it has no one right result.
    fn disagree(
        &mut self,
        run: &Run,
        index: usize,
        stage: &str,
        disagreement: &Disagreement,
        (expected, python): (&[&str], &PathBuf),
    ) {
        let p = &run.prepared[index];
        match &disagreement.values {
            Some(values) if p.is_ill_conditioned(values, expected, python) => {
                self.ill_conditioned.insert(run.seed);
            }
            _ => self.complain(run, index, stage, &disagreement.what),
        }
    }

    pub fn add(&mut self, other: Self) {
        self.programs += other.programs;
        self.runs += other.runs;
        self.errors += other.errors;
        self.wrong.extend(other.wrong);
        self.ill_conditioned.extend(other.ill_conditioned);
        for (reason, (times, example)) in other.refused {
            self.refused.entry(reason).or_insert((0, example)).0 += times;
        }
    }

    pub fn refusals(&self) -> usize {
        self.refused.values().map(|(times, _)| times).sum()
    }
}

/// Sizes of the arguments: small, so large that vector loops run, and of some programs so large that threads share them.
const WIDE: [i64; 5] = [37, 23, 19, 11, 9];
const LARGE: [i64; 5] = [331, 302, 7, 5, 3];
/// Of programs whose numbers matter more than their sizes.
const EXTREME_SIZES: [[i64; 1]; 4] = [[5], [1], [17], [2]];

/// How often arguments are large.
const LARGE_EVERY: u64 = 16;

struct Run {
    kind: Kind,
    seed: u64,
    case: oracle::Case,
    compiled: oracle::Compiled,
    /// As generated.
    sdfg: Sdfg,
    prepared: Vec<Prepared>,
}

/// How much is compared.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Arguments of some hundred elements.
    pub wide: bool,
    /// Arguments of many thousand elements, now and then.
    pub large: bool,
    /// In the interpreter as well, with arguments of up to so many elements.
    pub interpreter: usize,
    /// Sets of arguments for each program about extremes.
    pub sets: u64,
}

/// Compares programs, as NumPy, the interpreter and each of the processes run them. `python` has NumPy.
pub fn check(batch: &Batch, runners: &[Runner], python: &PathBuf, extent: Extent) -> Report {
    let mut report = Report::default();
    let mut runs = Vec::new();
    for seed in batch.seeds.clone() {
        report.programs += 1;
        let (text, settings) = program(batch.kind, seed);
        let case: oracle::Case = (String::leak(text), String::leak(settings));
        match prepare(batch.kind, seed, case, extent) {
            Ok(run) => {
                for (stage, what) in &run.compiled.wrong {
                    report
                        .wrong
                        .push(oracle::complaint(case, None, stage, what));
                }
                runs.push(run);
            }
            Err(why) if why.starts_with("refused") => {
                let reason = why
                    .chars()
                    .map(|c| if c.is_ascii_digit() { '#' } else { c });
                let reason: String = reason.take(70).collect();
                let example = format!("{why}\n{}", case.0);
                report.refused.entry(reason).or_insert((0, example)).0 += 1;
            }
            Err(why) => report
                .wrong
                .push(oracle::complaint(case, None, "compiler", &why)),
        }
    }
    let all: Vec<&Prepared> = runs.iter().flat_map(|r| &r.prepared).collect();
    let start = Instant::now();
    let output = run_script(python, &oracle::script(&all));
    report.seconds.0 += start.elapsed().as_secs_f64();
    let expected: Vec<Vec<&str>> = output
        .split("case\n")
        .skip(1)
        .map(|block| block.lines().collect())
        .collect();
    let start = Instant::now();
    interpret(&runs, &expected, extent.interpreter, python, &mut report);
    report.seconds.1 += start.elapsed().as_secs_f64();
    let start = Instant::now();
    for runner in runners {
        execute(runner, &runs, &expected, python, &mut report);
    }
    report.seconds.2 += start.elapsed().as_secs_f64();
    report
}

fn prepare(kind: Kind, seed: u64, case: oracle::Case, extent: Extent) -> Result<Run, String> {
    let sdfg = compile(case.0)?.sdfg;
    let lowered = oracle::compile(case.0)?;
    let mut sizes: Vec<&[i64]> = oracle::SIZES.iter().map(|s| s.as_slice()).collect();
    if extent.wide {
        sizes.push(&WIDE);
    }
    // Loops over many elements take too long in NumPy.
    if extent.large && loops(case.0) <= 1 && seed.is_multiple_of(LARGE_EVERY) {
        sizes.push(&LARGE);
    }
    let mut prepared = Vec::new();
    if kind == Kind::Extremes {
        for set in 0..extent.sets {
            let sizes = &EXTREME_SIZES[set as usize % EXTREME_SIZES.len()];
            prepared.push(oracle::prepare(case, &lowered, sizes, seed << 8 | set)?);
        }
    } else {
        for sizes in sizes {
            prepared.push(oracle::prepare(case, &lowered, sizes, seed)?);
        }
        prepared.dedup_by(|a, b| a.sizes == b.sizes);
    }
    let compiled = if extent.interpreter > 0 {
        oracle::optimised(lowered)
    } else {
        oracle::Compiled::default()
    };
    Ok(Run {
        kind,
        seed,
        case,
        compiled,
        sdfg,
        prepared,
    })
}

fn loops(text: &str) -> usize {
    text.matches("for ").count() + text.matches("while ").count()
}

fn interpret(
    runs: &[Run],
    expected: &[Vec<&str>],
    limit: usize,
    python: &PathBuf,
    report: &mut Report,
) {
    let mut expected = expected.iter();
    for run in runs {
        for (index, p) in run.prepared.iter().enumerate() {
            let expected = expected.next().expect("a result of each case");
            if p.elements() > limit || p.elements() > 100 && loops(run.case.0) > 1 {
                continue;
            }
            let own = ("as generated", run.sdfg.clone());
            for (stage, sdfg) in run.compiled.stages.iter().chain([&own]) {
                let races = oracle::detects_races(stage, run.case);
                if let Some(d) = oracle::compare(p, sdfg, races, expected) {
                    report.disagree(run, index, stage, &d, (expected, python));
                    break;
                }
            }
        }
    }
}

fn execute(
    runner: &Runner,
    runs: &[Run],
    expected: &[Vec<&str>],
    python: &PathBuf,
    report: &mut Report,
) {
    let mut expected = expected.iter();
    let mut process = Process::start(runner);
    for run in runs {
        for (index, p) in run.prepared.iter().enumerate() {
            let expected = expected.next().expect("a result of each case");
            report.runs += 1;
            let request = request(run, run.seed + index as u64, p);
            let answer = match process.ask(&request, runner.patience) {
                Ok(answer) => answer,
                Err(what) => {
                    report.complain(run, index, &runner.name, &what);
                    process = Process::start(runner);
                    continue;
                }
            };
            let raised = expected.first().and_then(|l| l.strip_prefix("raised "));
            let wrong: Option<Disagreement> = match (answer, raised) {
                (Err(e), Some(_)) if e.starts_with("error ") => {
                    report.errors += 1;
                    None
                }
                (Err(e), Some(r)) => Some(format!("{e}, NumPy raises {r}").into()),
                (Err(e), None) => Some(format!("{e}, NumPy has a result").into()),
                (Ok(_), Some(error)) => oracle::missing_error(p, error).map(Disagreement::from),
                (Ok(lines), None) => {
                    oracle::differ(p, lines.iter().map(|l| tensor(l)).collect(), expected)
                }
            };
            if let Some(what) = wrong {
                report.disagree(run, index, &runner.name, &what, (expected, python));
            }
        }
    }
    if let Some(what) = process.end() {
        report.wrong.push(format!("{}: {what}", runner.name));
    }
}
