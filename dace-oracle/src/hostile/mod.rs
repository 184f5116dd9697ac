//! Texts that nobody would write, through the whole compiler: it ends, quickly, on each, with a program or with what is wrong in the text.
//!
//! Each text is compiled by a process of its own kind (`serve`), on a thread with a small stack, so that an overflow of the stack, an abort and
//! a compilation without end are observations. `mutate` changes the program texts of this repository, `extremes` writes programs with extreme
//! sizes, slices and nesting; what is found is made smaller (`shrink`).

mod corpus;
mod extremes;
mod mutate;
mod shrink;
mod tokens;

use crate::random::Random;
use dace_core::diag::ErrorCode;
use dace_core::syntax::Form;
use dace_host::console;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The stack of the thread that compiles: what Rust gives a thread, a quarter of what a main thread has.
pub const STACK: usize = 2 << 20;

/// The address space of the process that compiles, in KiB.
const MEMORY: u64 = 4 << 20;

/// A text, and how it is given to the compiler.
#[derive(Clone, Debug)]
pub struct Text {
    pub text: String,
    pub form: Form,
}

/// Which texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Mutants,
    Extremes,
}

/// What became of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// A program and its Rust text; seconds of processor time.
    Accepted(f64),
    /// Mistakes in the text.
    Refused(f64),
    Panic(String),
    /// `D999`.
    Internal(String),
    /// Longer than the limit: seconds, or `None` where it was stopped.
    Slow(Option<f64>),
    /// The process ended: an overflow of the stack, or no memory.
    Dead(String),
}

impl Verdict {
    /// The kind of fault, without what differs between two texts that show the same one; `None` if there is no fault.
    fn kind(&self) -> Option<String> {
        let without_numbers = |s: &str| {
            s.chars()
                .filter(|c| !c.is_ascii_digit())
                .take(160)
                .collect()
        };
        match self {
            Self::Accepted(_) | Self::Refused(_) => None,
            Self::Panic(what) => Some(format!("panic {}", what.lines().next().unwrap_or(""))),
            Self::Internal(what) => {
                let pass = what.split(':').next().unwrap_or_default();
                Some(format!("D999 {}", {
                    let s: String = without_numbers(pass);
                    s
                }))
            }
            Self::Slow(_) => Some("slow".to_owned()),
            Self::Dead(_) => Some("dead".to_owned()),
        }
    }
}

/// Compiles one text, as the macro does, and gives the verdict as JSON.
fn compile(text: &Text) -> serde_json::Value {
    let start = processor_time();
    let found = std::panic::catch_unwind(|| {
        dace_core::compile(&text.text, text.form)
            .map(|programs| dace_backends::rust::generate(&programs).to_string())
    });
    let seconds = start.map_or(0.0, |start| processor_time().unwrap_or(start) - start);
    let (verdict, what) = match found {
        Ok(Ok(_)) => ("accepted", String::new()),
        Ok(Err(mistakes)) => match mistakes.iter().find(|m| m.code == ErrorCode::Internal) {
            Some(internal) => ("internal", internal.message.clone()),
            None => ("refused", String::new()),
        },
        Err(_) => {
            let place = PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone();
            ("panic", place)
        }
    };
    json!([verdict, what, seconds])
}

/// Where and why the compiler panicked last.
static PANIC: Mutex<String> = Mutex::new(String::new());

/// Seconds that this thread has run.
fn processor_time() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? * 1e-9)
}

/// Seconds that a process has run.
fn process_time(process: u32) -> Option<f64> {
    // Linux counts in hundredths of a second here, in the fourteenth field and the next; the second is a name in parentheses.
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields = text.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
    fields
        .map(|f| f.parse::<f64>().ok())
        .try_fold(0.0, |sum, f| Some(sum + f? * 0.01))
}

/// The process that compiles: reads texts from standard input and answers each on standard output, a line of JSON each.
pub fn serve() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let why = info.payload_as_str().unwrap_or_default();
        *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = format!("{place}: {why}");
    }));
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let Ok((module, text)) = serde_json::from_str::<(bool, String)>(&line) else {
            return;
        };
        let form = if module { Form::Module } else { Form::Block };
        let text = Text { text, form };
        let compiled = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn(move || compile(&text))
            .map(|thread| thread.join());
        if let Ok(Ok(verdict)) = compiled
            && writeln!(std::io::stdout(), "{verdict}").is_err()
        {
            return;
        }
    }
}

/// A process that compiles, started anew when it ends.
struct Compiler {
    program: PathBuf,
    limit: f64,
    process: Option<(Child, Receiver<String>)>,
}

impl Compiler {
    fn new(program: PathBuf, limit: f64) -> Self {
        Self {
            program,
            limit,
            process: None,
        }
    }

    fn start(&self) -> (Child, Receiver<String>) {
        // A text that takes all memory would end other processes as well.
        let script = format!("ulimit -v {MEMORY}; exec \"$0\" serve");
        let mut child = Command::new("sh")
            .args(["-c", &script])
            .arg(&self.program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process starts");
        let out = child.stdout.take().expect("a pipe");
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        (child, lines)
    }

    /// The answer, if it comes within the limit. Other processes may run beside: of the time on the clock this one gets a part.
    fn wait(&self, process: u32, lines: &Receiver<String>) -> Result<String, RecvTimeoutError> {
        let start = (Instant::now(), process_time(process));
        loop {
            match lines.recv_timeout(Duration::from_millis(500)) {
                Err(RecvTimeoutError::Timeout) => {}
                other => return other,
            }
            let used = match (start.1, process_time(process)) {
                (Some(before), Some(now)) => now - before,
                _ => start.0.elapsed().as_secs_f64(),
            };
            // One that waits for something runs no more.
            if used > self.limit + 1.0 || start.0.elapsed().as_secs_f64() > self.limit * 100.0 {
                return Err(RecvTimeoutError::Timeout);
            }
        }
    }

    fn judge(&mut self, text: &Text) -> Verdict {
        let (mut child, lines) = match self.process.take() {
            Some(process) => process,
            None => self.start(),
        };
        let request = json!([text.form == Form::Module, text.text]);
        let input = child.stdin.as_mut().expect("a pipe");
        let sent = writeln!(input, "{request}").and_then(|()| input.flush());
        let answer = match sent {
            Ok(()) => self.wait(child.id(), &lines),
            Err(_) => Err(RecvTimeoutError::Disconnected),
        };
        match answer {
            Ok(line) => {
                self.process = Some((child, lines));
                let (verdict, what, seconds): (String, String, f64) =
                    serde_json::from_str(&line).expect("an answer");
                match verdict.as_str() {
                    "panic" => Verdict::Panic(what),
                    "internal" => Verdict::Internal(what),
                    _ if seconds > self.limit => Verdict::Slow(Some(seconds)),
                    "accepted" => Verdict::Accepted(seconds),
                    _ => Verdict::Refused(seconds),
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                // It may have ended meanwhile, which is as well.
                let _ = child.kill();
                let _ = child.wait();
                Verdict::Slow(None)
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = child.wait().map(|s| s.to_string());
                Verdict::Dead(status.unwrap_or_else(|e| e.to_string()))
            }
        }
    }
}

impl Drop for Compiler {
    fn drop(&mut self) {
        if let Some((mut child, _)) = self.process.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The texts of a campaign.
pub struct Texts {
    source: Source,
    corpus: Vec<String>,
}

impl Texts {
    pub fn new(source: Source) -> Self {
        let corpus = match source {
            Source::Mutants => corpus::texts(),
            Source::Extremes => Vec::new(),
        };
        Self { source, corpus }
    }

    pub fn text(&self, seed: u64) -> Text {
        let mut random = Random(Random(seed).below(usize::MAX) as u64);
        match self.source {
            Source::Mutants => mutate::mutant(&self.corpus, &mut random),
            Source::Extremes => extremes::program(&mut random),
        }
    }
}

/// What a campaign is to do.
pub struct Campaign {
    pub source: Source,
    pub seeds: Range<u64>,
    /// Seconds of processor time for one text.
    pub limit: f64,
    pub jobs: usize,
    /// The program that [`serve`]s when it is called so.
    pub program: PathBuf,
}

/// Runs a campaign, with its progress on standard error and what it finds on standard output; whether it found nothing.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(campaign: &Campaign) -> Result<bool, String> {
    let mut told = Ok(());
    let texts = Texts::new(campaign.source);
    let next = AtomicU64::new(campaign.seeds.start);
    let (send, verdicts) = channel();
    let start = Instant::now();
    let mut found: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let (mut accepted, mut refused, mut slowest) = (0u64, 0u64, (0.0, 0));
    std::thread::scope(|scope| {
        for _ in 0..campaign.jobs.max(1) {
            let (send, texts, next) = (send.clone(), &texts, &next);
            scope.spawn(move || {
                let mut compiler = Compiler::new(campaign.program.clone(), campaign.limit);
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= campaign.seeds.end {
                        break;
                    }
                    let verdict = compiler.judge(&texts.text(seed));
                    if send.send((seed, verdict)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        for (seed, verdict) in verdicts {
            match verdict {
                Verdict::Accepted(_) => accepted += 1,
                Verdict::Refused(_) => refused += 1,
                _ => {}
            }
            if let Verdict::Accepted(seconds) | Verdict::Refused(seconds) = verdict
                && seconds > slowest.0
            {
                slowest = (seconds, seed);
            }
            if let Some(kind) = verdict.kind() {
                let seeds = found.entry(kind).or_default();
                seeds.push(seed);
                if seeds.len() <= 20
                    && let Err(why) = console::print(&format!("seed {seed}: {verdict:?}\n"))
                {
                    told = Err(why);
                }
            }
            let done = accepted + refused;
            if done.is_multiple_of(5000) {
                let faults: usize = found.values().map(Vec::len).sum();
                eprintln!(
                    "{done} texts in {:.0} s: {accepted} accepted, {refused} refused, {faults} faults, at most {:.2} s (seed {})",
                    start.elapsed().as_secs_f64(),
                    slowest.0,
                    slowest.1
                );
            }
        }
    });
    for (kind, seeds) in &found {
        let mut compiler = Compiler::new(campaign.program.clone(), campaign.limit);
        let text = texts.text(seeds[0]);
        let small = shrink::shrink(&text, &mut |t| {
            compiler.judge(t).kind().as_ref() == Some(kind)
        });
        let text = format!(
            "\n{kind}: {} times, for example seed {}, as {:?}\n{}\n",
            seeds.len(),
            seeds[0],
            small.form,
            small.text
        );
        told = told.and(console::print(&text));
    }
    let count = |prefix: &str| -> usize {
        let of_kind = found.iter().filter(|(kind, _)| kind.starts_with(prefix));
        of_kind.map(|(_, seeds)| seeds.len()).sum()
    };
    let text = format!(
        "{} texts: {accepted} accepted, {refused} refused; {} panics, {} D999, {} over {} s, {} ends of the process; at most {:.2} s (seed {})\n",
        campaign.seeds.end.saturating_sub(campaign.seeds.start),
        count("panic"),
        count("D999"),
        count("slow"),
        campaign.limit,
        count("dead"),
        slowest.0,
        slowest.1
    );
    told.and(console::print(&text)).map(|()| found.is_empty())
}
