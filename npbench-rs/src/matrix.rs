//! Programs down, frameworks across: what the heat map and the report show.

use crate::frameworks::Framework;
use crate::record::{Record, best};
use crate::statistics::geometric_mean;

/// What there is of a program under a framework.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Its fastest valid mode, and how many times faster than NumPy it is, where NumPy was measured.
    Measured {
        record: Box<Record>,
        speed: Option<f64>,
    },
    /// It ran, but its results are wrong.
    Invalid { reason: String },
    /// It used up its time.
    Timeout,
    /// It cannot run the program, or failed to.
    Failed { reason: String },
    /// It was not asked.
    Absent,
}

impl Cell {
    pub fn speed(&self) -> Option<f64> {
        match self {
            Self::Measured { speed, .. } => *speed,
            _ => None,
        }
    }
}

/// The cells of one program, in the order of the frameworks.
#[derive(Clone, Debug)]
pub struct Row {
    pub program: String,
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug)]
pub struct Matrix {
    /// Those with any measurement, NumPy first.
    pub frameworks: Vec<Framework>,
    pub rows: Vec<Row>,
}

impl Matrix {
    /// From the records of each program.
    pub fn new(records: &[Vec<Record>]) -> Self {
        let mut frameworks: Vec<Framework> = Framework::ALL
            .into_iter()
            .filter(|f| records.iter().flatten().any(|r| r.framework == f.name()))
            .collect();
        frameworks.sort_by_key(|f| *f != Framework::Numpy);
        let row = |records: &Vec<Record>| {
            let program = records.first()?.benchmark.clone();
            let cells = frameworks.iter().map(|f| cell(records, *f)).collect();
            Some(Row { program, cells })
        };
        Self {
            rows: records.iter().filter_map(row).collect(),
            frameworks,
        }
    }

    /// The cells of a framework.
    pub fn column(&self, framework: Framework) -> impl Iterator<Item = &Cell> {
        let place = self.frameworks.iter().position(|f| *f == framework);
        let rows = self.rows.iter();
        rows.filter_map(move |row| row.cells.get(place?))
    }

    /// The geometric mean of a framework's speeds over NumPy, and of how many programs.
    pub fn mean(&self, framework: Framework) -> (Option<f64>, usize) {
        let speeds: Vec<f64> = self.column(framework).filter_map(Cell::speed).collect();
        (geometric_mean(&speeds), speeds.len())
    }
}

fn cell(records: &[Record], framework: Framework) -> Cell {
    if let Some(record) = best(records, framework) {
        let numpy = best(records, Framework::Numpy).and_then(|r| r.median_s);
        return Cell::Measured {
            record: Box::new(record.clone()),
            speed: numpy.zip(record.median_s).map(|(n, t)| n / t),
        };
    }
    let own: Vec<&Record> = records
        .iter()
        .filter(|r| r.framework == framework.name())
        .collect();
    let reason = |r: &Record| r.error.clone().unwrap_or_default();
    if let Some(record) = own.iter().find(|r| r.validated == Some(false)) {
        return Cell::Invalid {
            reason: reason(record),
        };
    }
    match own.first() {
        Some(record) if record.error.as_deref() == Some("timeout") => Cell::Timeout,
        Some(record) => Cell::Failed {
            reason: reason(record),
        },
        None => Cell::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(framework: &str, mode: &str, seconds: f64) -> Record {
        let mut record = Record {
            benchmark: "gemm".into(),
            framework: framework.into(),
            mode: mode.into(),
            ..Record::default()
        };
        record.set_times(vec![seconds]);
        record
    }

    #[test]
    fn cells_tell_what_there_is() {
        let mut invalid = record("jax", "", 1.0);
        invalid.validated = Some(false);
        invalid.error = Some("far off".into());
        let mut late = record("pythran", "", 0.0);
        late.set_times(Vec::new());
        late.error = Some("timeout".into());
        let records = vec![vec![
            record("numba", "serial", 8.0),
            record("numba", "parallel", 2.0),
            record("numpy", "", 4.0),
            invalid,
            late,
        ]];
        let matrix = Matrix::new(&records);
        assert_eq!(
            matrix.frameworks,
            [
                Framework::Numpy,
                Framework::Numba,
                Framework::Pythran,
                Framework::Jax
            ]
        );
        let cells = &matrix.rows[0].cells;
        assert_eq!(cells[0].speed(), Some(1.0));
        assert_eq!(cells[1].speed(), Some(2.0), "the fastest mode counts");
        assert_eq!(cells[2], Cell::Timeout);
        assert_eq!(
            cells[3],
            Cell::Invalid {
                reason: "far off".into()
            }
        );
        assert_eq!(matrix.mean(Framework::Numba), (Some(2.0), 1));
        assert_eq!(matrix.mean(Framework::Jax), (None, 0));
    }
}
