//! Measures one program under all frameworks asked for and compares their results.

use crate::frameworks::{Contestant, Framework};
use crate::memory;
use crate::peers::{self, Peers};
use crate::programs::{Preset, Program};
use crate::record::Record;
use crate::session::{Failure, Session};
use crate::stored;
use crate::value::{AnyArray, read_any, relative_errors};
use crate::worker::Command;
use dace::Work;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::time::Duration;

/// How to measure.
#[derive(Clone, Debug)]
pub struct Settings {
    pub preset: Preset,
    pub contestants: Vec<Contestant>,
    pub repeat: usize,
    pub validate: bool,
    /// For each process: once for initialisation and compiling, once more for all its runs.
    pub timeout: Duration,
    /// Threads of every framework.
    pub threads: usize,
    /// A Python with NumPy.
    pub python: Option<PathBuf>,
    pub peers: Peers,
    /// Folder with the files of `peers/`.
    pub files: PathBuf,
}

/// Runs are taken in this many turns, the frameworks by turns, so that a disturbance does not hit one of them alone.
const TURNS: usize = 2;

/// Between the runs of two frameworks: threads of OpenBLAS and OpenMP keep a processor busy for more than 0.1 s after their last work, in case
/// there is more, which would be counted against whoever comes next.
const CALM: Duration = Duration::from_millis(300);

struct Contender {
    contestant: Contestant,
    session: Option<Session>,
    version: String,
    compile_s: Option<f64>,
    work: Option<Work>,
    times: Vec<f64>,
    failure: Option<Failure>,
}

impl Contender {
    fn start(contestant: Contestant, process: Result<Process, String>, budget: Duration) -> Self {
        let mut contender = Self {
            contestant,
            session: None,
            version: String::new(),
            compile_s: None,
            work: None,
            times: Vec::new(),
            failure: None,
        };
        match process
            .map_err(Failure::Refused)
            .and_then(|process| Session::start(process, budget))
        {
            Ok((session, ready)) => {
                contender.session = Some(session);
                ready["version"]
                    .as_str()
                    .unwrap_or("")
                    .clone_into(&mut contender.version);
                contender.compile_s = ready["compile_s"].as_f64();
                contender.work = work(&ready);
            }
            Err(failure) => contender.failure = Some(failure),
        }
        contender
    }

    /// Takes some timed runs, unless something failed before.
    fn run(&mut self, repeat: usize, limit: Duration) {
        if self.failure.is_none()
            && let Some(session) = &mut self.session
        {
            match session.run(repeat, limit) {
                Ok(times) => self.times.extend(times),
                Err(failure) => self.failure = Some(failure),
            }
        }
    }

    /// Has the results of the last run written into a folder; whether they are there.
    fn save(&mut self, directory: &Path) -> bool {
        if self.failure.is_some() {
            return false;
        }
        let Some(session) = &mut self.session else {
            return false;
        };
        let saved = std::fs::create_dir_all(directory)
            .map_err(|e| Failure::Refused(format!("{}: {e}", directory.display())))
            .and_then(|()| {
                session.ask(&Command::Save {
                    directory: directory.to_owned(),
                })
            });
        if let Err(failure) = saved {
            self.failure = Some(failure);
        }
        self.failure.is_none()
    }

    fn record(&self, program: &Program, preset: Preset) -> Record {
        let why = self.failure.as_ref().map(ToString::to_string);
        let mut record = Record::failed(program, preset, self.contestant, String::new());
        record.error = why;
        record.version.clone_from(&self.version);
        record.compile_s = self.compile_s;
        if self.failure.is_none() {
            record.set_times(self.times.clone());
        }
        record
    }
}

/// The program's work as a process of ours tells it when it is ready.
fn work(ready: &Json) -> Option<Work> {
    Some(Work {
        operations: ready["operations"].as_f64(),
        bytes: ready["minimum_bytes"].as_f64()?,
    })
}

/// What the measurement of one program needs.
struct Measurement<'a> {
    program: &'a Program,
    settings: &'a Settings,
    directory: tempfile::TempDir,
    /// NumPy's results, once they are there.
    reference: Option<PathBuf>,
    /// The program's work, once it is known.
    work: Option<Work>,
}

/// Measures one program: a record for each contestant, in the order of the settings.
///
/// Each runs in a process of its own, so that a crash or an endless loop costs that measurement only. All get the same
/// arguments: ours writes them to files, which the others read.
pub fn measure(program: &Program, settings: &Settings) -> Result<Vec<Record>, String> {
    let failed = |why: String| {
        let records = settings
            .contestants
            .iter()
            .map(|contestant| Record::failed(program, settings.preset, *contestant, why.clone()));
        Ok(records.collect())
    };
    // NumPy comes first: the others are compared with it.
    let numpy = Contestant {
        framework: Framework::Numpy,
        mode: "",
    };
    let mut contestants = settings.contestants.clone();
    contestants.sort_by_key(|c| *c != numpy);
    let judge = settings.validate && settings.python.is_some();
    if judge && contestants.first() != Some(&numpy) {
        contestants.insert(0, numpy);
    }
    let told = memory::arguments(program, settings.preset);
    if let Some(why) = told.and_then(too_large) {
        return failed(why);
    }
    let mut measurement = Measurement {
        program,
        settings,
        directory: tempfile::Builder::new()
            .prefix("npbench-")
            .tempdir()
            .map_err(|e| e.to_string())?,
        reference: None,
        work: None,
    };
    let bytes = if contestants.iter().any(|c| c.framework != Framework::DaceRs) {
        match measurement.hand_over() {
            Ok(bytes) => Some(bytes),
            Err(failure) => return failed(failure.to_string()),
        }
    } else {
        told
    };
    if let Some(why) = bytes.and_then(too_large) {
        return failed(why);
    }
    // Where not all fit at once, they run one after another.
    let need = memory::needed(bytes.unwrap_or(0)).saturating_mul(contestants.len() as u64);
    let together = match memory::available() {
        Some(free) if need > free => 1,
        _ => contestants.len().max(1),
    };
    let mut records = Vec::new();
    for group in contestants.chunks(together) {
        records.extend(measurement.run(group));
    }
    let place = |record: &Record| {
        settings
            .contestants
            .iter()
            .position(|c| c.framework.name() == record.framework && c.mode == record.mode)
    };
    records.retain(|record| place(record).is_some());
    records.sort_by_key(place);
    for record in &mut records {
        record.operations = measurement.work.and_then(|w| w.operations);
        record.minimum_bytes = measurement.work.map(|w| w.bytes);
    }
    Ok(records)
}

/// Why a program with arguments of so many bytes does not fit into memory.
fn too_large(arguments: u64) -> Option<String> {
    let (need, free) = (memory::needed(arguments), memory::available()?);
    (need > free).then(|| {
        format!(
            "needs about {}, {} are free",
            memory::show(need),
            memory::show(free)
        )
    })
}

impl Measurement<'_> {
    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Has the arguments written to files; their bytes.
    fn hand_over(&mut self) -> Result<u64, Failure> {
        let mut process = self.worker().map_err(Failure::Refused)?;
        process.arg("--hand-over").arg(self.path());
        let (_, ready) = Session::start(process, self.settings.timeout)?;
        self.work = work(&ready);
        Ok(ready["bytes"].as_u64().unwrap_or(0))
    }

    /// Runs some contestants at a time, by turns.
    fn run(&mut self, group: &[Contestant]) -> Vec<Record> {
        let mut contenders: Vec<Contender> = group
            .iter()
            .map(|&contestant| {
                Contender::start(contestant, self.process(contestant), self.settings.timeout)
            })
            .collect();
        self.work = self.work.or(contenders.iter().find_map(|c| c.work));
        let limit = self.settings.timeout.div_f64(3.0 * TURNS as f64);
        let several = contenders.len() > 1;
        for turn in 0..TURNS {
            let repeat = (self.settings.repeat + turn) / TURNS;
            for contender in &mut contenders {
                if !self.settings.contestants.contains(&contender.contestant) {
                    // Only its results are wanted.
                    if turn == 0 {
                        contender.run(0, Duration::ZERO);
                    }
                } else if repeat > 0 {
                    if several {
                        std::thread::sleep(CALM);
                    }
                    contender.run(repeat, limit);
                }
            }
        }
        let mut records = Vec::new();
        for contender in &mut contenders {
            let comparison = if self.settings.validate {
                self.compare(contender)
            } else {
                None
            };
            let mut record = contender.record(self.program, self.settings.preset);
            if record.median_s.is_some()
                && let Some((reference, outcome)) = comparison
            {
                judge(&mut record, self.program, reference, outcome);
            }
            records.push(record);
        }
        records
    }

    /// Compares a contender's results with NumPy's, or with the stored ones where NumPy has none. NumPy's become the reference.
    fn compare(&mut self, contender: &mut Contender) -> Option<Comparison> {
        if contender.failure.is_some() {
            return None;
        }
        let framework = contender.contestant.framework;
        if framework == Framework::Numpy {
            let directory = self.path().join("reference");
            if contender.save(&directory) {
                self.reference = Some(directory);
            }
            return None;
        }
        if let Some(reference) = &self.reference {
            let directory = self.path().join("results");
            if !contender.save(&directory) {
                return None;
            }
            let outcome = difference(
                self.program,
                self.settings.preset,
                &directory,
                reference,
                framework,
            );
            // A leftover would only take room.
            let _ = std::fs::remove_dir_all(&directory);
            return Some(("numpy", outcome));
        }
        if framework != Framework::DaceRs || !stored::PRESETS.contains(&self.settings.preset) {
            return None;
        }
        // A refusal here is about the results, not about the run.
        match contender.session.as_mut()?.ask(&Command::Compare) {
            Ok(answer) => Some((
                "stored",
                answer["max_rel_err"]
                    .as_f64()
                    .ok_or_else(|| format!("unexpected answer {answer}")),
            )),
            Err(Failure::Refused(why)) => Some(("stored", Err(why))),
            Err(failure) => {
                contender.failure = Some(failure);
                None
            }
        }
    }

    /// The process of a contestant.
    fn process(&self, contestant: Contestant) -> Result<Process, String> {
        let settings = self.settings;
        let framework = contestant.framework;
        if framework == Framework::DaceRs {
            return self.worker();
        }
        let python = match framework {
            Framework::Numpy | Framework::C => settings
                .python
                .clone()
                .ok_or("no Python with NumPy: name one with --python or NPBENCH_PYTHON")?,
            _ => settings
                .peers
                .python(framework)
                .ok_or("not installed: npbench peers install")?,
        };
        let variant = peers::variant(framework, self.program.name);
        if variant.is_none() && matches!(framework, Framework::Jax | Framework::C) {
            return Err(format!("no version in {} here", framework.title()));
        }
        let request = json!({
            "framework": framework.name(),
            "mode": contestant.mode,
            "description": self.path().join("program.json"),
            "variant": variant.map(|name| settings.files.join(name)),
            "cache": settings.peers.cache(),
            "threads": settings.threads,
        });
        let mut process = Process::new(python);
        process
            .arg(settings.files.join("runner/runner.py"))
            .arg(request.to_string());
        peers::limit_threads(&mut process, settings.threads);
        if matches!(framework, Framework::C | Framework::Dace) {
            peers::name_processor(&mut process);
        }
        Ok(process)
    }

    /// This binary as the measuring process of a program.
    fn worker(&self) -> Result<Process, String> {
        let binary = std::env::current_exe().map_err(|e| format!("own path: {e}"))?;
        let mut process = Process::new(binary);
        process.args(["worker", self.program.name, self.settings.preset.name()]);
        peers::limit_threads(&mut process, self.settings.threads);
        Ok(process)
    }
}

/// What the results were compared with, and the error or why there was no comparison.
type Comparison = (&'static str, Result<f64, String>);

/// Largest relative error of the results in a folder against those in another; the worst elements, as many as may stray,
/// are left out.
fn difference(
    program: &Program,
    preset: Preset,
    directory: &Path,
    reference: &Path,
    framework: Framework,
) -> Result<f64, String> {
    let stray = program.tolerance.stray(preset);
    let (mut worst, mut all) = (0.0_f64, Vec::new());
    let names = result_names(program);
    for (position, name) in names.iter().enumerate() {
        let file = format!("result_{position}.npy");
        let read = |directory: &Path| -> Result<Box<dyn AnyArray>, String> {
            if !directory.join(&file).exists() {
                return Err(format!("no result {name}"));
            }
            read_any(&directory.join(&file)).map_err(|why| format!("{name}: {why}"))
        };
        let (result, expected) = (read(directory)?, read(reference)?);
        // Peers have rules of their own for the types of results; ours are NumPy's.
        if framework == Framework::DaceRs && result.dtype() != expected.dtype() {
            return Err(format!(
                "{name}: {} instead of {}",
                result.dtype(),
                expected.dtype()
            ));
        }
        let errors =
            relative_errors(&*result, &*expected).map_err(|why| format!("{name}: {why}"))?;
        if stray == 0.0 {
            worst = errors.fold(worst, f64::max);
        } else {
            all.extend(errors);
        }
    }
    all.sort_by(f64::total_cmp);
    let kept = all.len() - (stray * all.len() as f64) as usize;
    worst = all[..kept].last().copied().unwrap_or(worst);
    if directory
        .join(format!("result_{}.npy", names.len()))
        .exists()
    {
        return Err(format!("more than {} results", names.len()));
    }
    Ok(worst)
}

/// The results: written arguments, then returned values.
fn result_names(program: &Program) -> Vec<String> {
    let written = program
        .output_positions()
        .into_iter()
        .map(|p| program.arguments[p].to_owned());
    let returned = (0..program.returns).map(|i| format!("return {i}"));
    written.chain(returned).collect()
}

fn judge(
    record: &mut Record,
    program: &Program,
    reference: &'static str,
    outcome: Result<f64, String>,
) {
    record.reference = Some(reference.to_owned());
    match outcome {
        Ok(error) => {
            // JSON has no infinity.
            record.max_rel_err = Some(error.min(f64::MAX));
            record.validated = Some(error <= program.tolerance.value);
            if error > program.tolerance.value {
                record.error = Some(format!(
                    "error {error:.1e} is above {:.0e}",
                    program.tolerance.value
                ));
            }
        }
        Err(why) => {
            record.validated = Some(false);
            record.error = Some(why);
        }
    }
}

/// Results of one program under NumPy, summarised for [`stored`].
pub fn reference(program: &Program, settings: &Settings) -> Result<Vec<stored::Summary>, String> {
    let mut measurement = Measurement {
        program,
        settings,
        directory: tempfile::Builder::new()
            .prefix("npbench-")
            .tempdir()
            .map_err(|e| e.to_string())?,
        reference: None,
        work: None,
    };
    measurement.hand_over().map_err(|e| e.to_string())?;
    let numpy = Contestant {
        framework: Framework::Numpy,
        mode: "",
    };
    let mut numpy = Contender::start(numpy, measurement.process(numpy), settings.timeout);
    numpy.run(0, Duration::ZERO);
    numpy.save(measurement.path());
    if let Some(failure) = numpy.failure {
        return Err(failure.to_string());
    }
    let names = result_names(program).into_iter().enumerate();
    names
        .map(|(position, name)| {
            let array = read_any(&measurement.path().join(format!("result_{position}.npy")))
                .map_err(|why| format!("{name}: {why}"))?;
            Ok(stored::summarise(&name, &*array))
        })
        .collect()
}

/// A Python with NumPy: the one asked for, else `NPBENCH_PYTHON`, else that of the peers, else `python3`. `Err` where one was
/// named and does not do.
pub fn find_python(asked: Option<PathBuf>, peers: &Peers) -> Result<Option<PathBuf>, String> {
    let named = asked.or_else(|| {
        std::env::var_os("NPBENCH_PYTHON")
            .filter(|p| !p.is_empty())
            .map(PathBuf::from)
    });
    let python = named
        .clone()
        .or_else(|| peers.python(Framework::Numpy))
        .unwrap_or_else(|| PathBuf::from("python3"));
    let check = Process::new(&python).args(["-c", "import numpy"]).output();
    match (check, named) {
        (Ok(output), _) if output.status.success() => Ok(Some(python)),
        (Ok(_), Some(named)) => Err(format!("{}: cannot import numpy", named.display())),
        (Err(e), Some(named)) => Err(format!("{}: {e}", named.display())),
        (_, None) => Ok(None),
    }
}
