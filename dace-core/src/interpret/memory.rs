//! Buffers, views on them, and the detection of races.

use super::RunError;
use crate::sdfg::{Const, Wcr};
use std::collections::{BTreeMap, HashMap};

/// A region of a buffer: where a container's elements are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct View {
    pub buffer: usize,
    pub offset: i64,
    pub shape: Vec<i64>,
    pub strides: Vec<i64>,
    /// Made for this container, not bound from outside.
    pub owned: bool,
}

impl View {
    /// Position in the buffer of an index that is in bounds.
    fn position(&self, index: &[i64]) -> usize {
        (self.offset
            + index
                .iter()
                .zip(&self.strides)
                .map(|(i, s)| i * s)
                .sum::<i64>()) as usize
    }
}

/// How an element is touched.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Touch {
    Read,
    Write,
    Update(Wcr),
}

/// The iterations that touched an element in one way.
#[derive(Clone, Copy, Default)]
enum Who {
    #[default]
    Nobody,
    One(u64),
    Many,
}

impl Who {
    fn other_than(self, iteration: u64) -> bool {
        match self {
            Self::Nobody => false,
            Self::One(i) => i != iteration,
            Self::Many => true,
        }
    }
    fn add(&mut self, iteration: u64) {
        *self = if self.other_than(iteration) {
            Self::Many
        } else {
            Self::One(iteration)
        };
    }
}

#[derive(Clone, Copy, Default)]
struct Cell {
    reads: Who,
    writes: Who,
    updates: Who,
    op: Option<Wcr>,
}

/// What the iterations of one run of a map have touched.
pub(super) struct RaceLog {
    pub map: String,
    pub iteration: u64,
    cells: HashMap<(usize, usize), Cell>,
}

impl RaceLog {
    pub(super) fn new(map: &str) -> Self {
        Self {
            map: map.to_owned(),
            iteration: 0,
            cells: HashMap::new(),
        }
    }
    /// Whether the touch conflicts with another iteration's.
    fn conflicts(&mut self, at: (usize, usize), touch: Touch) -> bool {
        let (now, cell) = (self.iteration, self.cells.entry(at).or_default());
        match touch {
            Touch::Read => {
                cell.reads.add(now);
                cell.writes.other_than(now) || cell.updates.other_than(now)
            }
            Touch::Write => {
                cell.writes.add(now);
                cell.reads.other_than(now)
                    || cell.writes.other_than(now)
                    || cell.updates.other_than(now)
            }
            Touch::Update(op) => {
                let mixed = cell.op.replace(op).is_some_and(|old| old != op);
                if mixed {
                    // Two resolutions do not commute: as good as a plain write.
                    cell.writes.add(now);
                }
                cell.updates.add(now);
                cell.reads.other_than(now)
                    || cell.writes.other_than(now)
                    || (mixed && cell.updates.other_than(now))
            }
        }
    }
}

/// All buffers of a run. A number is never used twice, so that logs may name buffers that are gone.
#[derive(Default)]
pub(super) struct Memory {
    buffers: BTreeMap<usize, Vec<Option<Const>>>,
    next: usize,
    /// Elements in all buffers.
    used: u64,
    /// See [`super::Options::max_bytes`].
    most: Option<u64>,
    /// The running maps, outermost first; empty when races are not looked for.
    pub races: Vec<RaceLog>,
}

impl Memory {
    pub(super) fn new(max_bytes: Option<u64>) -> Self {
        Self {
            most: max_bytes.map(|bytes| bytes / size_of::<Option<Const>>() as u64),
            ..Self::default()
        }
    }
    /// Room for the elements of a shape beside all that is there.
    pub(super) fn room<T>(
        &self,
        shape: &[i64],
        what: &dyn Fn() -> String,
    ) -> Result<Vec<T>, RunError> {
        let number = number(shape);
        let fits = |n: &u64| {
            self.most
                .is_none_or(|most| self.used.checked_add(*n).is_some_and(|all| all <= most))
        };
        let mut elements = Vec::new();
        let reserved = number
            .filter(fits)
            .and_then(|n| elements.try_reserve_exact(usize::try_from(n).ok()?).ok());
        match reserved {
            Some(()) => Ok(elements),
            None => Err(RunError::Memory {
                what: what(),
                elements: number,
            }),
        }
    }
    /// A row-major buffer; its elements are `fill`, or undefined.
    pub(super) fn allocate(
        &mut self,
        shape: Vec<i64>,
        fill: Option<Const>,
        what: &dyn Fn() -> String,
    ) -> Result<View, RunError> {
        let mut elements = self.room(&shape, what)?;
        elements.resize(number(&shape).unwrap_or(0) as usize, fill);
        Ok(self.adopt(shape, elements))
    }
    /// A row-major buffer of these elements.
    pub(super) fn adopt(&mut self, shape: Vec<i64>, elements: Vec<Option<Const>>) -> View {
        let buffer = self.next;
        self.next += 1;
        self.used += elements.len() as u64;
        self.buffers.insert(buffer, elements);
        let mut strides = vec![1; shape.len()];
        for d in (1..shape.len()).rev() {
            strides[d - 1] = strides[d] * shape[d].max(1);
        }
        View {
            buffer,
            offset: 0,
            shape,
            strides,
            owned: true,
        }
    }
    pub(super) fn free(&mut self, view: &View) {
        if view.owned {
            let elements = self.buffers.remove(&view.buffer);
            self.used -= elements.map_or(0, |e| e.len() as u64);
        }
    }
    /// The element, if it is defined.
    pub(super) fn get(&self, view: &View, index: &[i64]) -> Option<Const> {
        self.buffers
            .get(&view.buffer)
            .and_then(|b| b.get(view.position(index)).copied().flatten())
    }
    pub(super) fn set(&mut self, view: &View, index: &[i64], value: Option<Const>) {
        if let Some(cell) = self
            .buffers
            .get_mut(&view.buffer)
            .and_then(|b| b.get_mut(view.position(index)))
        {
            *cell = value;
        }
    }
    /// Records a touch; the map in which it conflicts with another iteration's, if any.
    pub(super) fn touch(&mut self, view: &View, index: &[i64], touch: Touch) -> Option<&str> {
        let at = (view.buffer, view.position(index));
        self.races
            .iter_mut()
            .find_map(|log| log.conflicts(at, touch).then_some(log.map.as_str()))
    }
}

/// The number of elements of a shape. Sizes of which one is 0 must not overflow either: NumPy makes no such array.
pub(super) fn number(shape: &[i64]) -> Option<u64> {
    let sizes = shape.iter().filter(|n| **n != 0);
    let most = sizes.copied().try_fold(1, i64::checked_mul)?;
    u64::try_from(if shape.contains(&0) { 0 } else { most }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(touches: &[(u64, Touch)]) -> bool {
        let mut log = RaceLog::new("m");
        touches.iter().fold(false, |bad, (iteration, touch)| {
            log.iteration = *iteration;
            log.conflicts((0, 0), *touch) || bad
        })
    }

    #[test]
    fn conflicts_between_iterations() {
        use Touch::*;
        let (sum, max) = (Update(Wcr::Sum), Update(Wcr::Max));
        assert!(!log(&[(0, Read), (1, Read), (2, Read)]));
        assert!(!log(&[(0, Write), (0, Read), (0, Write)]));
        assert!(log(&[(0, Write), (1, Write)]));
        assert!(log(&[(0, Write), (1, Read)]));
        assert!(log(&[(0, Read), (1, Read), (1, Write)]));
        assert!(!log(&[(0, sum), (1, sum)]));
        assert!(log(&[(0, sum), (1, max)]));
        assert!(log(&[(0, sum), (1, Read)]));
        assert!(log(&[(0, Read), (1, sum)]));
        assert!(log(&[(0, sum), (1, Write)]));
        assert!(!log(&[(0, Write), (0, sum), (0, max)]));
        assert!(log(&[(0, sum), (0, max), (1, max)]));
    }
}
