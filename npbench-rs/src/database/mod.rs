//! The database of results: NPBench's table `results`, and tables of ours beside it (see `schema.sql`).

mod claim;
mod query;

pub use query::Selection;

use crate::ceilings::{Ceiling, Kind};
use crate::frameworks::Contestant;
use crate::machine::Machine;
use crate::measure::Settings;
use crate::programs::Program;
use crate::record::Record;
use claim::Claim;
use rusqlite::{
    Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params,
};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SCHEMA: &str = include_str!("schema.sql");

/// Of the tables of [`SCHEMA`]; a later one is not read.
const VERSION: i64 = 1;

/// What NPBench calls the mode of a run that is neither a first execution nor a conversion.
const MODE: &str = "main";

/// What NPBench calls the only way of a framework.
const ONLY_WAY: &str = "default";

/// The name of the file where none is given.
pub const FILE: &str = "npbench.db";

/// What makes a run another one: those that agree in it may be continued.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub machine: Machine,
    pub preset: String,
    /// Their names, with commas.
    pub programs: String,
    /// The frameworks in their modes, with commas.
    pub frameworks: String,
    pub repeat: usize,
    pub threads: usize,
    pub validate: bool,
}

impl Plan {
    pub fn new(settings: &Settings, programs: &[Program]) -> Self {
        let programs: Vec<&str> = programs.iter().map(|p| p.name).collect();
        let frameworks: Vec<String> = settings
            .contestants
            .iter()
            .map(Contestant::to_string)
            .collect();
        Self {
            machine: Machine::this(),
            preset: settings.preset.name().to_owned(),
            programs: programs.join(","),
            frameworks: frameworks.join(","),
            repeat: settings.repeat,
            threads: settings.threads,
            validate: settings.validate,
        }
    }

    /// In what another plan differs, for people.
    fn differences(&self, other: &Self) -> String {
        let mut found = Vec::new();
        let mut differ = |name: &str, ours: String, theirs: String| {
            if ours != theirs {
                found.push(format!("{name}: {theirs}"));
            }
        };
        let machine = |m: &Machine| format!("{} ({} cores)", m.processor, m.cores);
        differ("machine", machine(&self.machine), machine(&other.machine));
        differ("preset", self.preset.clone(), other.preset.clone());
        differ("programs", self.programs.clone(), other.programs.clone());
        differ(
            "frameworks",
            self.frameworks.clone(),
            other.frameworks.clone(),
        );
        differ("repeat", self.repeat.to_string(), other.repeat.to_string());
        differ(
            "threads",
            self.threads.to_string(),
            other.threads.to_string(),
        );
        differ(
            "validate",
            self.validate.to_string(),
            other.validate.to_string(),
        );
        found.join("; ")
    }
}

/// A file with results.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
    path: PathBuf,
    /// Of the run that is measured.
    claim: Option<Claim>,
}

impl Database {
    /// Opens a file to write to, and makes what is missing. A file that holds something else stays as it is.
    pub fn create(path: &Path) -> Result<Self, String> {
        let database = Self::connect(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        )?;
        if database.explain(query::is_foreign(&database.connection))? {
            return Err(database.not_ours("it has other tables"));
        }
        database.explain(database.connection.execute_batch(SCHEMA))?;
        // A file that may not be written is told from now, not after the first measurement.
        database.explain(database.connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; PRAGMA user_version = {VERSION}; COMMIT"
        )))?;
        database.check()?;
        Ok(database)
    }

    /// Opens a file to read from; it must hold our tables.
    pub fn open(path: &Path) -> Result<Self, String> {
        if !path.exists() {
            return Err(format!("{}: no such file", path.display()));
        }
        let database = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        database.check()?;
        Ok(database)
    }

    /// All our tables are there, with all their columns.
    fn check(&self) -> Result<(), String> {
        let ours = self.explain(Connection::open_in_memory().and_then(|ours| {
            ours.execute_batch(SCHEMA)?;
            query::columns(&ours)
        }))?;
        let found = self.explain(query::columns(&self.connection))?;
        for (table, _) in &ours {
            if !found.iter().any(|(other, _)| other == table) {
                return Err(self.not_ours(&format!("it has no table {table}")));
            }
        }
        match ours.iter().find(|column| !found.contains(column)) {
            Some((table, column)) => {
                Err(self.not_ours(&format!("its table {table} has no column {column}")))
            }
            None => Ok(()),
        }
    }

    fn not_ours(&self, why: &str) -> String {
        format!("{}: not a database of npbench: {why}", self.path.display())
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, String> {
        // A pipe would be waited for.
        if std::fs::metadata(path).is_ok_and(|m| !m.is_file()) {
            return Err(format!("{}: not a regular file", path.display()));
        }
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let failed = |e: rusqlite::Error| format!("{}: {e}", path.display());
        let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        connection
            .busy_timeout(Duration::from_secs(30))
            .map_err(failed)?;
        let version: i64 = connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map_err(failed)?;
        if version > VERSION {
            return Err(format!(
                "{}: written by a later npbench: its tables are of version {version}, known is {VERSION}",
                path.display()
            ));
        }
        Ok(Self {
            connection,
            path: path.to_owned(),
            claim: None,
        })
    }

    /// Names the file in a failure.
    fn explain<T>(&self, outcome: rusqlite::Result<T>) -> Result<T, String> {
        outcome.map_err(|e| format!("{}: {e}", self.path.display()))
    }

    /// Enters a run that begins now; its number. It is this process's until it is finished.
    pub fn begin(&mut self, plan: &Plan) -> Result<i64, String> {
        let machine = &plan.machine;
        let path = &self.path;
        let failed = |e: rusqlite::Error| format!("{}: {e}", path.display());
        // Others see the run when it has its owner.
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        let entered = transaction.execute(
            "INSERT INTO runs (started, version, processor, system, cores, memory, preset, programs, frameworks, repeat, threads, validate)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                now(),
                env!("CARGO_PKG_VERSION"),
                machine.processor,
                machine.system,
                machine.cores as i64,
                machine.memory.map(|m| m as i64),
                plan.preset,
                plan.programs,
                plan.frameworks,
                plan.repeat as i64,
                plan.threads as i64,
                plan.validate,
            ],
        );
        entered.map_err(failed)?;
        let run = transaction.last_insert_rowid();
        self.claim = Some(Claim::take(path, run)?);
        transaction.commit().map_err(failed)?;
        Ok(run)
    }

    /// The last unfinished run with this plan, which is this process's from now on; or why there is none.
    pub fn resume(&mut self, plan: &Plan) -> Result<i64, String> {
        loop {
            let run = self.unfinished(plan)?;
            let claim = Claim::take(&self.path, run)?;
            // It may have been finished just before.
            if self.unfinished(plan) == Ok(run) {
                self.claim = Some(claim);
                return Ok(run);
            }
            claim.end();
        }
    }

    /// The last unfinished run with this plan, or why there is none.
    fn unfinished(&self, plan: &Plan) -> Result<i64, String> {
        let runs: Vec<(i64, Plan)> = self.explain(query::unfinished(&self.connection))?;
        let same = |other: &Plan| {
            // Memory is told a little differently after each start of a machine.
            let machine = Machine {
                memory: plan.machine.memory,
                ..other.machine.clone()
            };
            Plan {
                machine,
                ..other.clone()
            } == *plan
        };
        if let Some((id, _)) = runs.iter().find(|(_, other)| same(other)) {
            return Ok(*id);
        }
        let path = self.path.display();
        Err(match runs.first() {
            Some((_, last)) => format!(
                "{path}: no unfinished run with these settings; the last unfinished one has {}",
                plan.differences(last)
            ),
            None => format!("{path}: no unfinished run"),
        })
    }

    /// Enters the measurements of one program, all or none.
    pub fn store(&mut self, run: i64, program: &Program, records: &[Record]) -> Result<(), String> {
        let outcome = self.connection.transaction().and_then(|transaction| {
            for record in records {
                enter(&transaction, run, program, record)?;
            }
            transaction.commit()
        });
        self.explain(outcome)
    }

    /// Marks a run as complete.
    pub fn finish(&mut self, run: i64) -> Result<(), String> {
        let outcome = self.connection.execute(
            "UPDATE runs SET finished = ? WHERE id = ?",
            params![now(), run],
        );
        self.explain(outcome)?;
        if let Some(claim) = self.claim.take() {
            claim.end();
        }
        Ok(())
    }

    /// The measurements of a run in the order in which they were taken.
    pub fn records(&self, run: i64) -> Result<Vec<Record>, String> {
        self.explain(query::records(&self.connection, run))
    }

    /// The latest measurement of each program under each framework and mode: see [`Selection`]. None stored at all, or none
    /// at a preset asked for, is an error.
    pub fn latest(&self, preset: Option<&str>) -> Result<Selection, String> {
        let found = self.explain(query::latest(&self.connection, preset))?;
        found.ok_or_else(|| {
            let at = preset.map_or(String::new(), |p| format!(" at preset {p}"));
            format!(
                "{}: no measurements{at}: npbench run makes some",
                self.path.display()
            )
        })
    }

    /// The presets at which something was measured, the latest first.
    pub fn presets(&self) -> Result<Vec<String>, String> {
        self.explain(query::presets(&self.connection))
    }

    /// Enters ceilings of this machine.
    pub fn store_ceilings(&mut self, ceilings: &[Ceiling]) -> Result<(), String> {
        let machine = Machine::this();
        let outcome = self.connection.transaction().and_then(|transaction| {
            for ceiling in ceilings {
                transaction.execute(
                    "INSERT INTO ceilings (timestamp, processor, cores, threads, kind, value) VALUES (?, ?, ?, ?, ?, ?)",
                    params![
                        now(),
                        machine.processor,
                        machine.cores as i64,
                        ceiling.threads as i64,
                        ceiling.kind.name(),
                        ceiling.value
                    ],
                )?;
            }
            transaction.commit()
        });
        self.explain(outcome)
    }

    /// The ceiling of a machine for so many threads, where it was measured.
    pub fn ceiling(
        &self,
        machine: &Machine,
        threads: usize,
        kind: Kind,
    ) -> Result<Option<f64>, String> {
        let found = self.connection.query_row(
            "SELECT value FROM ceilings WHERE processor = ? AND cores = ? AND threads = ? AND kind = ? ORDER BY id DESC",
            params![machine.processor, machine.cores as i64, threads as i64, kind.name()],
            |row| row.get(0),
        );
        self.explain(found.optional())
    }
}

fn enter(
    transaction: &Transaction,
    run: i64,
    program: &Program,
    record: &Record,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO measurements (run, benchmark, framework, mode, version, compile_time, validated, max_relative_error, reference, error, operations, minimum_bytes)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            run,
            record.benchmark,
            record.framework,
            record.mode,
            record.version,
            record.compile_s,
            record.validated,
            record.max_rel_err,
            record.reference,
            record.error,
            record.operations,
            record.minimum_bytes,
        ],
    )?;
    let measurement = transaction.last_insert_rowid();
    let details = match record.mode.as_str() {
        "" => ONLY_WAY,
        mode => mode,
    };
    let mut result = transaction.prepare(
        "INSERT INTO results (timestamp, benchmark, domain, dwarf, preset, mode, framework, version, details, validated, time)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    let mut timing =
        transaction.prepare("INSERT INTO timings (result, measurement) VALUES (?, ?)")?;
    for time in &record.times_s {
        let id = result.insert(params![
            now(),
            program.short,
            program.domain,
            program.dwarf,
            record.preset,
            MODE,
            record.framework,
            record.version,
            details,
            record.validated,
            time,
        ])?;
        timing.execute(params![id, measurement])?;
    }
    Ok(())
}

/// Seconds since 1970.
fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs() as i64)
}

#[cfg(test)]
mod tests;
