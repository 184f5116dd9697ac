//! Measures one program under both frameworks and compares their results.

use crate::programs::{Preset, Program};
use crate::session::{Failure, Session};
use crate::stored;
use crate::worker::Command;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::time::Duration;

/// Who runs the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Framework {
    #[value(name = "dace-rs")]
    DaceRs,
    Numpy,
}

impl Framework {
    pub fn name(self) -> &'static str {
        match self {
            Self::DaceRs => "dace-rs",
            Self::Numpy => "numpy",
        }
    }
}

/// How to measure.
#[derive(Clone, Debug)]
pub struct Settings {
    pub preset: Preset,
    pub frameworks: Vec<Framework>,
    pub repeat: usize,
    pub validate: bool,
    /// For each framework's process: initialisation, warm-up, runs and comparison.
    pub timeout: Duration,
    /// A Python with NumPy.
    pub python: Option<PathBuf>,
}

/// One measurement: a program under a framework. One line of the JSON output.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    pub benchmark: &'static str,
    pub preset: &'static str,
    pub framework: &'static str,
    pub median_s: Option<f64>,
    pub min_s: Option<f64>,
    /// Timed runs: fewer than asked for when they used up their share of the timeout.
    pub repeat: usize,
    /// Whether the results agree with NumPy's; none where that was not asked for.
    pub validated: Option<bool>,
    pub max_rel_err: Option<f64>,
    /// What the results were compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<&'static str>,
    /// Why there is no measurement, or why it is not valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Runs are taken in this many turns, the frameworks by turns, so that a disturbance does not hit one of them alone.
const TURNS: usize = 2;

struct Contender {
    framework: Framework,
    session: Option<Session>,
    times: Vec<f64>,
    failure: Option<Failure>,
}

impl Contender {
    fn new(framework: Framework, session: Result<Session, Failure>) -> Self {
        let (session, failure) = match session {
            Ok(session) => (Some(session), None),
            Err(failure) => (None, Some(failure)),
        };
        Self {
            framework,
            session,
            times: Vec::new(),
            failure,
        }
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

    fn ask(&mut self, command: &Command) -> Option<serde_json::Value> {
        if self.failure.is_some() {
            return None;
        }
        match self.session.as_mut()?.ask(command) {
            Ok(answer) => Some(answer),
            Err(failure) => {
                self.failure = Some(failure);
                None
            }
        }
    }

    fn record(&self, program: &Program, preset: Preset) -> Record {
        let mut sorted = self.times.clone();
        sorted.sort_by(f64::total_cmp);
        let measured = !sorted.is_empty() && self.failure.is_none();
        Record {
            benchmark: program.name,
            preset: preset.name(),
            framework: self.framework.name(),
            median_s: measured.then(|| median(&sorted)),
            min_s: measured.then(|| sorted[0]),
            repeat: if measured { sorted.len() } else { 0 },
            validated: None,
            max_rel_err: None,
            reference: None,
            error: self.failure.as_ref().map(ToString::to_string),
        }
    }
}

/// Middle of sorted numbers, or the mean of the two in the middle.
fn median(sorted: &[f64]) -> f64 {
    f64::midpoint(sorted[sorted.len() / 2], sorted[(sorted.len() - 1) / 2])
}

/// Measures one program: a record for each framework, in the order of the settings.
///
/// Each framework runs in a process of its own, so that a crash or an endless loop costs that measurement only.
pub fn measure(program: &Program, settings: &Settings) -> Result<Vec<Record>, String> {
    let directory = tempfile::Builder::new()
        .prefix("npbench-")
        .tempdir()
        .map_err(|e| e.to_string())?;
    let numpy_needed = settings.python.is_some()
        && (settings.frameworks.contains(&Framework::Numpy)
            || (settings.validate && !stored_will_do(settings)));
    let ours = Session::start(
        worker(
            program,
            settings.preset,
            numpy_needed.then(|| directory.path()),
        )?,
        settings.timeout,
    );
    let mut ours = Contender::new(Framework::DaceRs, ours);
    let mut numpy = match (&settings.python, numpy_needed) {
        (Some(python), true) => Some(numpy(python, directory.path(), settings)?),
        _ => None,
    };
    let timed = |framework| settings.frameworks.contains(&framework);
    let limit = settings.timeout.div_f64(3.0 * TURNS as f64);
    for turn in 0..TURNS {
        let repeat = (settings.repeat + turn) / TURNS;
        if repeat == 0 {
            continue;
        }
        if timed(Framework::DaceRs) {
            ours.run(repeat, limit);
        }
        if let Some(numpy) = numpy.as_mut().filter(|_| timed(Framework::Numpy)) {
            numpy.run(repeat, limit);
        }
    }
    let mut records = Vec::new();
    if timed(Framework::DaceRs) {
        let comparison = if settings.validate {
            compare(&mut ours, numpy.as_mut(), directory.path(), settings)
        } else {
            None
        };
        let mut record = ours.record(program, settings.preset);
        if record.median_s.is_some()
            && let Some((reference, outcome)) = comparison
        {
            judge(&mut record, program, reference, outcome);
        }
        records.push(record);
    }
    if let Some(numpy) = numpy.filter(|_| timed(Framework::Numpy)) {
        records.push(numpy.record(program, settings.preset));
    }
    records.sort_by_key(|r| {
        settings
            .frameworks
            .iter()
            .position(|f| f.name() == r.framework)
    });
    Ok(records)
}

/// Whether stored results replace NumPy's: only where NumPy is missing.
fn stored_will_do(settings: &Settings) -> bool {
    settings.python.is_none() && stored::PRESETS.contains(&settings.preset)
}

/// What the results were compared with, and the error or why there was no comparison.
type Comparison = (&'static str, Result<f64, String>);

fn compare(
    ours: &mut Contender,
    numpy: Option<&mut Contender>,
    directory: &Path,
    settings: &Settings,
) -> Option<Comparison> {
    if ours.failure.is_some() {
        return None;
    }
    let mut source = ("stored", None);
    if let Some(numpy) = numpy {
        if numpy.times.is_empty() {
            numpy.run(0, Duration::ZERO);
        }
        if numpy
            .ask(&Command::Save {
                directory: directory.to_owned(),
            })
            .is_some()
        {
            source = ("numpy", Some(directory.to_owned()));
        }
    }
    if source.1.is_none() && !stored::PRESETS.contains(&settings.preset) {
        return None;
    }
    // A refusal here is about the results, not about the run.
    match ours.session.as_mut()?.ask(&Command::Compare {
        directory: source.1,
    }) {
        Ok(answer) => Some((
            source.0,
            answer["max_rel_err"]
                .as_f64()
                .ok_or_else(|| format!("unexpected answer {answer}")),
        )),
        Err(Failure::Refused(why)) => Some((source.0, Err(why))),
        Err(failure) => {
            ours.failure = Some(failure);
            None
        }
    }
}

fn judge(
    record: &mut Record,
    program: &Program,
    reference: &'static str,
    outcome: Result<f64, String>,
) {
    record.reference = Some(reference);
    match outcome {
        Ok(error) => {
            record.max_rel_err = Some(error);
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

/// This binary as the measuring process of a program.
fn worker(program: &Program, preset: Preset, hand_over: Option<&Path>) -> Result<Process, String> {
    let binary = std::env::current_exe().map_err(|e| format!("own path: {e}"))?;
    let mut process = Process::new(binary);
    // NumPy asks for huge pages under its large arrays; with this so does the allocator under ours, and the inputs of both lie in memory of one kind.
    if std::env::var_os("GLIBC_TUNABLES").is_none() {
        process.env("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
    }
    process.args(["worker", program.name, preset.name()]);
    if let Some(directory) = hand_over {
        process.arg("--hand-over").arg(directory);
    }
    Ok(process)
}

/// NumPy on the arguments that our process has left in the folder.
fn numpy(python: &Path, directory: &Path, settings: &Settings) -> Result<Contender, String> {
    let runner = directory.join("runner.py");
    std::fs::write(&runner, include_str!("runner.py"))
        .map_err(|e| format!("{}: {e}", runner.display()))?;
    let mut process = Process::new(python);
    process
        .arg(&runner)
        .arg(directory.join("program.py"))
        .arg(directory.join("program.json"));
    Ok(Contender::new(
        Framework::Numpy,
        Session::start(process, settings.timeout),
    ))
}

/// Results of one program under NumPy, summarised for [`stored`].
pub fn reference(
    program: &Program,
    preset: Preset,
    python: &Path,
) -> Result<Vec<stored::Summary>, String> {
    let directory = tempfile::Builder::new()
        .prefix("npbench-")
        .tempdir()
        .map_err(|e| e.to_string())?;
    crate::worker::Instance::new(program, preset)?.hand_over(directory.path())?;
    let settings = Settings {
        preset,
        frameworks: vec![Framework::Numpy],
        repeat: 1,
        validate: false,
        timeout: Duration::from_mins(10),
        python: None,
    };
    let mut numpy = numpy(python, directory.path(), &settings)?;
    numpy.run(0, Duration::ZERO);
    numpy.ask(&Command::Save {
        directory: directory.path().to_owned(),
    });
    if let Some(failure) = numpy.failure {
        return Err(failure.to_string());
    }
    let written = program.outputs.iter().map(|name| (*name).to_owned());
    let returned = (0..program.returns).map(|i| format!("return {i}"));
    written
        .chain(returned)
        .enumerate()
        .map(|(position, name)| {
            let array =
                crate::value::read_any(&directory.path().join(format!("reference_{position}.npy")))
                    .map_err(|why| format!("{name}: {why}"))?;
            Ok(stored::summarise(&name, &*array))
        })
        .collect()
}

/// A Python with NumPy: the one asked for, else `NPBENCH_PYTHON`, else `python3`. `Err` where one was named and does not do.
pub fn find_python(asked: Option<PathBuf>) -> Result<Option<PathBuf>, String> {
    let named = asked.or_else(|| {
        std::env::var_os("NPBENCH_PYTHON")
            .filter(|p| !p.is_empty())
            .map(PathBuf::from)
    });
    let python = named.clone().unwrap_or_else(|| PathBuf::from("python3"));
    let check = Process::new(&python).args(["-c", "import numpy"]).output();
    match (check, named) {
        (Ok(output), _) if output.status.success() => Ok(Some(python)),
        (Ok(_), Some(named)) => Err(format!("{}: cannot import numpy", named.display())),
        (Err(e), Some(named)) => Err(format!("{}: {e}", named.display())),
        (_, None) => Ok(None),
    }
}
