//! What is read from the database.

use super::Plan;
use crate::machine::Machine;
use crate::record::Record;
use rusqlite::{Connection, Row, params};

/// The latest measurements of all programs under all frameworks and modes.
///
/// They may come from several runs, but only from such as can stand in one table: of the preset, the machine and the number
/// of threads of the last run.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The settings of the last run.
    pub plan: Plan,
    /// Day and minute at which it began, in universal time.
    pub date: String,
    pub records: Vec<Record>,
}

impl Selection {
    /// Their records, by program in the order of the collection; programs that are no longer known come last.
    pub fn by_program(&self) -> Vec<Vec<Record>> {
        let order: Vec<&str> = crate::programs::all().iter().map(|p| p.name).collect();
        let mut records = self.records.clone();
        records.sort_by_key(|r| {
            let place = order.iter().position(|name| *name == r.benchmark);
            (place.unwrap_or(usize::MAX), r.benchmark.clone())
        });
        records
            .chunk_by(|a, b| a.benchmark == b.benchmark)
            .map(<[Record]>::to_vec)
            .collect()
    }
}

/// All tables, each with all its columns.
pub(super) fn columns(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = connection.prepare(
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Whether a file holds tables, and not NPBench's among them.
pub(super) fn is_foreign(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT count(*) > 0 AND sum(name = 'results') = 0 FROM sqlite_master WHERE type = 'table'",
        [],
        |row| row.get(0),
    )
}

const PLAN: &str =
    "processor, system, cores, memory, preset, programs, frameworks, repeat, threads, validate";

/// A plan from the columns of [`PLAN`], which begin at the first of the row.
fn plan(row: &Row) -> rusqlite::Result<Plan> {
    Ok(Plan {
        machine: Machine {
            processor: row.get(0)?,
            system: row.get(1)?,
            cores: row.get::<_, i64>(2)? as usize,
            memory: row.get::<_, Option<i64>>(3)?.map(|m| m as u64),
        },
        preset: row.get(4)?,
        programs: row.get(5)?,
        frameworks: row.get(6)?,
        repeat: row.get::<_, i64>(7)? as usize,
        threads: row.get::<_, i64>(8)? as usize,
        validate: row.get(9)?,
    })
}

/// Runs that were not finished, the latest first.
pub(super) fn unfinished(connection: &Connection) -> rusqlite::Result<Vec<(i64, Plan)>> {
    let mut statement = connection.prepare(&format!(
        "SELECT {PLAN}, id FROM runs WHERE finished IS NULL ORDER BY id DESC"
    ))?;
    let rows = statement.query_map([], |row| Ok((row.get(10)?, plan(row)?)))?;
    rows.collect()
}

const MEASUREMENT: &str =
    "m.id, m.benchmark, r.preset, m.framework, m.mode, m.version, m.compile_time, m.validated, m.max_relative_error, m.reference,
     m.error, m.operations, m.minimum_bytes";

fn record(connection: &Connection, row: &Row) -> rusqlite::Result<Record> {
    let mut times = connection.prepare(
        "SELECT time FROM results JOIN timings ON timings.result = results.id WHERE timings.measurement = ? ORDER BY results.id",
    )?;
    let times: Vec<f64> = times
        .query_map([row.get::<_, i64>(0)?], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut record = Record {
        benchmark: row.get(1)?,
        preset: row.get(2)?,
        framework: row.get(3)?,
        mode: row.get(4)?,
        version: row.get(5)?,
        compile_s: row.get(6)?,
        validated: row.get(7)?,
        max_rel_err: row.get(8)?,
        reference: row.get(9)?,
        error: row.get(10)?,
        operations: row.get(11)?,
        minimum_bytes: row.get(12)?,
        ..Record::default()
    };
    record.set_times(times);
    Ok(record)
}

/// The measurements of a run.
pub(super) fn records(connection: &Connection, run: i64) -> rusqlite::Result<Vec<Record>> {
    let mut statement = connection.prepare(&format!(
        "SELECT {MEASUREMENT} FROM measurements m JOIN runs r ON r.id = m.run WHERE m.run = ? ORDER BY m.id"
    ))?;
    let rows = statement.query_map([run], |row| record(connection, row))?;
    rows.collect()
}

/// See [`Selection`]; none where nothing was measured.
pub(super) fn latest(
    connection: &Connection,
    preset: Option<&str>,
) -> rusqlite::Result<Option<Selection>> {
    let mut last = connection.prepare(&format!(
        "SELECT {PLAN}, strftime('%Y-%m-%d %H:%M', started, 'unixepoch') FROM runs
         WHERE (?1 IS NULL OR preset = ?1) AND EXISTS (SELECT 1 FROM measurements m WHERE m.run = runs.id)
         ORDER BY id DESC LIMIT 1"
    ))?;
    let mut rows = last.query([preset])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let (plan, date) = (plan(row)?, row.get(10)?);
    let mut statement = connection.prepare(&format!(
        "SELECT {MEASUREMENT} FROM measurements m JOIN runs r ON r.id = m.run
         WHERE m.id IN (
             SELECT max(n.id) FROM measurements n JOIN runs s ON s.id = n.run
             WHERE s.preset = ? AND s.processor = ? AND s.cores = ? AND s.threads = ?
             GROUP BY n.benchmark, n.framework, n.mode)
         ORDER BY m.id"
    ))?;
    let machine = &plan.machine;
    let key = params![
        plan.preset,
        machine.processor,
        machine.cores as i64,
        plan.threads as i64
    ];
    let records = statement
        .query_map(key, |row| record(connection, row))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(Selection {
        plan,
        date,
        records,
    }))
}

/// Presets, that of the latest run first.
pub(super) fn presets(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(
        "SELECT r.preset FROM runs r JOIN measurements m ON m.run = r.id GROUP BY r.preset ORDER BY max(r.id) DESC",
    )?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}
