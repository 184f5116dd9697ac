//! `npbench run`.

use super::{THREADS, apart};
use crate::names;
use clap::{ArgAction, Args};
use dace_host::console;
use dace_host::output::Lines;
use indicatif::{ProgressBar, ProgressStyle};
use npbench::database::{self, Database, Plan};
use npbench::frameworks::{Contestant, Framework};
use npbench::measure::{Settings, find_python, measure};
use npbench::peers::{self, Peers};
use npbench::programs::{Preset, Program, all};
use npbench::record::Record;
use npbench::{interrupt, machine, table};
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args, Clone)]
pub(crate) struct Run {
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
    /// Seconds for each program and framework: once for initialising and compiling, once for the runs
    #[arg(short, long, default_value_t = 200.0, value_parser = seconds)]
    timeout: f64,
    /// Threads of each framework [default: as many as there are processors]
    #[arg(long, value_parser = clap::value_parser!(u32).range(THREADS))]
    threads: Option<u32>,
    /// The database that keeps the results
    #[arg(long, value_name = "FILE", default_value = database::FILE)]
    db: PathBuf,
    /// Keep no results
    #[arg(long, conflicts_with = "db")]
    no_db: bool,
    /// Go on with the last unfinished run of the database that has the same settings
    #[arg(long, conflicts_with = "no_db")]
    resume: bool,
    /// Write one JSON object a line for each measurement
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// A Python with NumPy [default: $NPBENCH_PYTHON, else that of the peers, else python3]
    #[arg(long)]
    python: Option<PathBuf>,
    /// Folder with the peers [default: $NPBENCH_PEERS, else the user's cache]
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if Duration::try_from_secs_f64(seconds).is_ok() && seconds > 0.0 => Ok(seconds),
        _ => Err("must be a positive number of seconds".into()),
    }
}

/// Everything that a run needs, set up once.
pub(crate) struct Setup {
    pub(crate) settings: Settings,
    /// Kept for as long as processes read its files.
    _files: tempfile::TempDir,
}

impl Run {
    /// NumPy alone.
    pub(crate) fn with_numpy(python: Option<PathBuf>) -> Self {
        Self {
            benchmark: Vec::new(),
            preset: Preset::Test,
            framework: vec![Framework::Numpy],
            repeat: 1,
            validate: false,
            timeout: 600.0,
            threads: None,
            db: PathBuf::new(),
            no_db: true,
            resume: false,
            json: None,
            python,
            peers: None,
        }
    }

    fn programs(&self) -> Vec<Program> {
        let wanted = |p: &Program| {
            self.benchmark.is_empty() || self.benchmark.iter().any(|b| b == p.name || b == p.short)
        };
        all().into_iter().filter(wanted).collect()
    }

    pub(crate) fn setup(&self) -> Result<Setup, String> {
        let peers = Peers::at(self.peers.clone())?;
        let python = find_python(self.python.clone(), &peers)?;
        let frameworks = if self.framework.is_empty() {
            let numpy = python.iter().map(|_| Framework::Numpy);
            std::iter::once(Framework::DaceRs).chain(numpy).collect()
        } else {
            self.framework.clone()
        };
        if python.is_none() {
            if frameworks.contains(&Framework::Numpy) {
                return Err(
                    "no Python with NumPy found: name one with --python or NPBENCH_PYTHON".into(),
                );
            }
            console::complain(
                "note: no Python with NumPy found: no comparison of speed, results checked against stored samples",
            );
        }
        let files = tempfile::Builder::new()
            .prefix("npbench-peers-")
            .tempdir()
            .map_err(|e| e.to_string())?;
        peers::unpack(files.path())?;
        let threads = match self.threads {
            Some(threads) => threads as usize,
            None => machine::cores(),
        };
        let settings = Settings {
            preset: self.preset,
            contestants: Contestant::of(&frameworks),
            repeat: self.repeat as usize,
            validate: self.validate,
            timeout: Duration::from_secs_f64(self.timeout),
            threads,
            python,
            peers,
            files: files.path().to_owned(),
        };
        Ok(Setup {
            settings,
            _files: files,
        })
    }
}

/// A run as the database keeps it.
struct Book {
    database: Database,
    run: i64,
}

impl Book {
    /// A new run, or one to go on with and what was measured in it.
    fn open(run: &Run, plan: &Plan) -> Result<(Self, Vec<Record>), String> {
        if run.resume {
            // Looks first: going on with nothing makes no file.
            Database::open(&run.db)?;
        }
        let mut database = Database::create(&run.db)?;
        let (run, known) = if run.resume {
            let number = database.resume(plan)?;
            (number, database.records(number)?)
        } else {
            (database.begin(plan)?, Vec::new())
        };
        Ok((Self { database, run }, known))
    }
}

/// Where the measurements go as they come in.
struct Output {
    book: Option<Book>,
    json: Option<Lines>,
}

impl Output {
    fn write(&mut self, program: &Program, records: &[Record], known: bool) -> Result<(), String> {
        if let Some(book) = &mut self.book
            && !known
        {
            book.database.store(book.run, program, records)?;
        }
        if let Some(file) = &mut self.json {
            let mut lines = String::new();
            for record in records {
                lines += &serde_json::to_string(record).map_err(|e| e.to_string())?;
                lines.push('\n');
            }
            file.add(&lines)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), String> {
        match &mut self.book {
            Some(book) => book.database.finish(book.run),
            None => Ok(()),
        }
    }
}

/// True if each of our measurements was taken and each of our results is valid. A peer that cannot run a program is no failure.
pub(crate) fn execute(run: &Run) -> Result<bool, String> {
    let programs = run.programs();
    let setup = run.setup()?;
    let settings = &setup.settings;
    interrupt::listen()?;
    let json = match &run.json {
        Some(path) => {
            if !run.no_db {
                apart(path, &run.db)?;
            }
            Some(Lines::new(path)?)
        }
        None => None,
    };
    let (book, known) = if run.no_db {
        (None, Vec::new())
    } else {
        let (book, known) = Book::open(run, &Plan::new(settings, &programs))?;
        (Some(book), known)
    };
    let mut output = Output { book, json };
    let (records, outcome) = measure_all(&programs, settings, &known, &mut output);
    // What was measured is shown even if it could not be written, and is written even if it cannot be shown.
    let shown = console::print(&table::summary(&records));
    outcome?;
    if interrupt::requested() {
        let (done, all) = (records.len(), programs.len());
        match &output.book {
            Some(_) => console::complain(format_args!(
                "interrupted: {done} of {all} programs are in {}; the same command with --resume goes on",
                run.db.display()
            )),
            None => console::complain(format_args!("interrupted after {done} of {all} programs")),
        }
        return Ok(false);
    }
    output.finish()?;
    shown?;
    let own = [Framework::DaceRs.name(), Framework::Numpy.name()];
    Ok(records
        .iter()
        .flatten()
        .filter(|r| own.contains(&r.framework.as_str()))
        .all(|r| r.error.is_none() && r.validated != Some(false)))
}

/// The records of all programs, or of those before the user or a failure to write ended it.
fn measure_all(
    programs: &[Program],
    settings: &Settings,
    known: &[Record],
    output: &mut Output,
) -> (Vec<Vec<Record>>, Result<(), String>) {
    let progress = ProgressBar::new(programs.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{elapsed:>4} [{bar:30}] {pos}/{len} {msg}") {
        progress.set_style(style.progress_chars("=> "));
    }
    progress.enable_steady_tick(Duration::from_millis(200));
    let mut records: Vec<Vec<Record>> = Vec::new();
    let mut outcome = Ok(());
    for program in programs {
        progress.set_message(program.name);
        let own = known.iter().filter(|r| r.benchmark == program.name);
        let own: Vec<Record> = own.cloned().collect();
        let is_known = !own.is_empty();
        let measured = if is_known {
            Ok(own)
        } else {
            measure(program, settings)
        };
        // What an interruption cut short is no result.
        if interrupt::requested() {
            break;
        }
        outcome = measured.and_then(|measured| {
            let written = output.write(program, &measured, is_known);
            records.push(measured);
            written
        });
        if outcome.is_err() {
            break;
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    (records, outcome)
}
