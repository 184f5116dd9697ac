//! Computes once what is computed twice.
//!
//! ```text
//! s = 0; map i { s += x[i] }                 s = 0; map i { s += x[i] }
//! map i { a[i] = x[i] - s }            →     map i { a[i] = x[i] - s }
//! t = 0; map j { t += x[j] }                 map i { b[i] = x[i] / s }
//! map i { b[i] = x[i] / t }
//! ```
//!
//! A transient is defined by the blocks of one region that write it. Two that are defined by the same computations on the same data, which nobody writes
//! between, are one. Of arrays that are computed element by element only those that must be kept anyway: others are better computed where they are used than
//! kept in memory.

use super::common::{
    Alone, AloneLibrary, Footprint, as_map, count_accesses, overwrites, shapes, single, walk,
};
use crate::pipeline::Options;
use crate::sdfg::{
    Assign, Block, Code, Const, DataId, Eval, LoopKind, Map, Memlet, Region, Sdfg, Tasklet,
    accesses_of_region, accesses_of_state,
};
use crate::symbolic::{Dim, Expr, Facts, Range, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// Returns how many transients and checked symbols it gave up for equal ones.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let shapes = shapes(sdfg);
    let mut total = count_accesses(&sdfg.body);
    let mut changes = 0;
    walk(sdfg, &mut |sdfg, region, facts, _| {
        loop {
            let look = Look::at(sdfg, region, &shapes, &total, facts);
            if let Some((first, second)) = look.equal_transients() {
                unite(region, &first, &second);
                // Both are accessed in this region only.
                let count = count_accesses(region);
                total.insert(first.data, count.get(&first.data).copied().unwrap_or(0));
                total.remove(&second.data);
            } else if let Some((first, second)) = look.equal_symbols() {
                name_by(region, first, second);
            } else {
                break;
            }
            changes += 1;
        }
    });
    changes
}

/// The second is no longer computed; who read it reads the first.
fn unite(region: &mut Region, first: &Definition, second: &Definition) {
    for k in second.blocks.iter().rev() {
        region.blocks.remove(*k);
    }
    region.rename_data(second.data, first.data);
}

/// The second symbol gets the value of the first, whose check it passes.
fn name_by(region: &mut Region, first: usize, second: usize) {
    let Block::Assign(a) = &region.blocks[first] else {
        return;
    };
    let value = Eval::constant(Code::Sym(Expr::from(&a.sym)));
    if let Block::Assign(b) = &mut region.blocks[second] {
        (b.value, b.low, b.high, b.role) = (value, None, None, None);
    }
}

/// How a transient comes about.
struct Definition {
    data: DataId,
    /// The blocks that write it, in order.
    blocks: Vec<usize>,
    /// What they read of others.
    reads: BTreeSet<DataId>,
}

impl Definition {
    fn last(&self) -> usize {
        self.blocks.last().copied().unwrap_or(0)
    }
}

/// How often a block reads and writes each container.
type Counts = BTreeMap<DataId, (usize, usize)>;

/// A region, as it is looked at.
struct Look<'a> {
    sdfg: &'a Sdfg,
    region: &'a Region,
    shapes: &'a [Vec<Expr>],
    total: &'a BTreeMap<DataId, usize>,
    counts: Vec<Counts>,
    facts: &'a Facts,
}

impl<'a> Look<'a> {
    fn at(
        sdfg: &'a Sdfg,
        region: &'a Region,
        shapes: &'a [Vec<Expr>],
        total: &'a BTreeMap<DataId, usize>,
        facts: &'a Facts,
    ) -> Self {
        let counts = region.blocks.iter().map(count).collect();
        Self {
            sdfg,
            region,
            shapes,
            total,
            counts,
            facts,
        }
    }

    /// Two definitions of the same, the earlier one first.
    fn equal_transients(&self) -> Option<(Definition, Definition)> {
        let mut found: Vec<Definition> = Vec::new();
        for definition in self.definitions() {
            if let Some(k) = found.iter().position(|d| self.equal(d, &definition)) {
                return Some((found.swap_remove(k), definition));
            }
            found.push(definition);
        }
        None
    }

    /// In the order in which they end.
    fn definitions(&self) -> Vec<Definition> {
        let mut found: BTreeMap<DataId, Definition> = BTreeMap::new();
        let mut barred: BTreeSet<DataId> = BTreeSet::new();
        for (k, counts) in self.counts.iter().enumerate() {
            let outputs: Vec<DataId> = counts
                .iter()
                .filter(|(d, (_, writes))| *writes > 0 && !self.private(k, **d))
                .map(|(d, _)| *d)
                .collect();
            match outputs.as_slice() {
                [data] if single(&self.region.blocks[k]).is_some() => {
                    let definition = found.entry(*data).or_insert_with(|| Definition {
                        data: *data,
                        blocks: Vec::new(),
                        reads: BTreeSet::new(),
                    });
                    definition.blocks.push(k);
                    let others = counts.keys().filter(|d| *d != data);
                    definition
                        .reads
                        .extend(others.filter(|d| !self.private(k, **d)));
                }
                several => barred.extend(several),
            }
        }
        let mut kept: Vec<Definition> = found
            .into_values()
            .filter(|d| !barred.contains(&d.data) && self.complete(d))
            .collect();
        kept.sort_by_key(Definition::last);
        kept
    }

    /// Only accessed in one block.
    fn private(&self, k: usize, data: DataId) -> bool {
        let inside = self.counts[k].get(&data).map(|(r, w)| r + w);
        !self.sdfg.is_visible(data) && self.total.get(&data).copied() == inside
    }

    /// Whether nothing else decides what the transient holds, and nobody reads it before it is complete.
    fn complete(&self, d: &Definition) -> bool {
        let here: usize = self
            .counts
            .iter()
            .filter_map(|c| c.get(&d.data))
            .map(|(r, w)| r + w)
            .sum();
        let early =
            (0..d.last()).any(|k| !d.blocks.contains(&k) && self.counts[k].contains_key(&d.data));
        let shape = &self.shapes[d.data.0 as usize];
        !self.sdfg.is_visible(d.data)
            && self.total.get(&d.data) == Some(&here)
            && !early
            && overwrites(&self.region.blocks[d.blocks[0]], d.data, shape, self.facts)
    }

    fn equal(&self, a: &Definition, b: &Definition) -> bool {
        if a.blocks.len() != b.blocks.len() || a.reads != b.reads {
            return false;
        }
        let mut same = Same {
            look: self,
            data: Vec::new(),
            symbols: Vec::new(),
            block: (0, 0),
        };
        if !same.described(a.data, b.data) {
            return false;
        }
        same.data.push((a.data, b.data));
        let computed = a.blocks.iter().zip(&b.blocks).all(|(x, y)| {
            same.block = (*x, *y);
            same.block(&self.region.blocks[*x], &self.region.blocks[*y])
        });
        computed && (self.is_worth(a) || self.is_worth(b)) && self.steady(a, b)
    }

    /// Whether keeping it for later is no loss.
    fn is_worth(&self, d: &Definition) -> bool {
        if self.shapes[d.data.0 as usize].is_empty() {
            return true;
        }
        let elementwise = match d.blocks.as_slice() {
            [k] => as_map(&self.region.blocks[*k]).is_some_and(|map| {
                let plain = |b| Alone::of(b).is_some_and(|t| t.writes_plainly());
                map.body.blocks.iter().all(plain)
            }),
            _ => false,
        };
        if !elementwise {
            return true;
        }
        // Who reads one element at a time could compute it.
        let mut kept = true;
        accesses_of_region(self.region, &mut |a| {
            let read = a.memlet.data == d.data && !a.write;
            kept &= !read || a.memlet.subset.as_point().is_none();
        });
        kept
    }

    /// Whether both see the same data and symbols.
    fn steady(&self, a: &Definition, b: &Definition) -> bool {
        let begin = a.blocks[0].min(b.blocks[0]);
        let mut uses = BTreeSet::new();
        for k in &b.blocks {
            uses.extend(Footprint::of(&self.region.blocks[*k], self.shapes).uses);
        }
        self.nothing_changes(begin..b.last(), &a.reads, &uses)
    }

    /// No block of these writes what is read or assigns what is used.
    fn nothing_changes(
        &self,
        blocks: std::ops::Range<usize>,
        reads: &BTreeSet<DataId>,
        uses: &BTreeSet<Sym>,
    ) -> bool {
        blocks.into_iter().all(|k| {
            let written = |d: &DataId| self.counts[k].get(d).is_some_and(|(_, w)| *w > 0);
            !reads.iter().any(written)
                && Footprint::of(&self.region.blocks[k], self.shapes)
                    .assigns
                    .is_disjoint(uses)
        })
    }

    /// Two assignments of one value from data.
    fn equal_symbols(&self) -> Option<(usize, usize)> {
        let assigns: Vec<(usize, &Assign)> = self
            .region
            .blocks
            .iter()
            .enumerate()
            .filter_map(|(k, b)| match b {
                Block::Assign(a) if !a.value.inputs.is_empty() => Some((k, a)),
                _ => None,
            })
            .collect();
        for (n, (j, b)) in assigns.iter().enumerate() {
            for (i, a) in &assigns[..n] {
                let equal = a.low == b.low
                    && a.high == b.high
                    && a.value.inputs == b.value.inputs
                    && same_code(&a.value.code, &b.value.code);
                if !equal {
                    continue;
                }
                let reads = b.value.inputs.iter().map(|m| m.data).collect();
                let uses = Footprint::of(&self.region.blocks[*j], self.shapes).uses;
                if self.nothing_changes(*i + 1..*j, &reads, &uses) {
                    return Some((*i, *j));
                }
            }
        }
        None
    }
}

fn count(block: &Block) -> Counts {
    let mut counts = Counts::new();
    let mut add = |data: DataId, write: bool| {
        let (reads, writes) = counts.entry(data).or_default();
        *if write { writes } else { reads } += 1;
    };
    let mut eval = |e: &Eval| e.inputs.iter().for_each(|m| add(m.data, false));
    match block {
        Block::State(state) => {
            accesses_of_state(state, &mut |a| add(a.memlet.data, a.write));
        }
        Block::Loop(l) => {
            if let LoopKind::While { cond } = &l.kind {
                eval(cond);
            }
            accesses_of_region(&l.body, &mut |a| add(a.memlet.data, a.write));
        }
        Block::Branch(b) => {
            eval(&b.cond);
            for side in [&b.then, &b.otherwise] {
                accesses_of_region(side, &mut |a| add(a.memlet.data, a.write));
            }
        }
        Block::Assign(a) => eval(&a.value),
        Block::Break | Block::Continue | Block::Return => {}
    }
    counts
}

/// Compares two pieces of program up to the names of what they define.
struct Same<'a> {
    look: &'a Look<'a>,
    data: Vec<(DataId, DataId)>,
    symbols: Vec<(Sym, Sym)>,
    /// The blocks of the region under way.
    block: (usize, usize),
}

impl Same<'_> {
    fn region(&mut self, a: &Region, b: &Region) -> bool {
        a.blocks.len() == b.blocks.len()
            && a.blocks
                .iter()
                .zip(&b.blocks)
                .all(|(x, y)| self.block(x, y))
    }

    fn block(&mut self, a: &Block, b: &Block) -> bool {
        match (a, b) {
            (Block::State(_), Block::State(_)) => {
                if let (Some(x), Some(y)) = (as_map(a), as_map(b)) {
                    return self.map(x, y);
                }
                if let (Some(x), Some(y)) = (Alone::of(a), Alone::of(b)) {
                    return self.tasklet(&x.tasklet, &y.tasklet)
                        && self.memlets(&x.inputs, &y.inputs)
                        && self.memlet(&x.output, &y.output);
                }
                if let (Some(x), Some(y)) = (AloneLibrary::of(a), AloneLibrary::of(b)) {
                    return x.library.kind == y.library.kind
                        && self.memlets(&x.inputs, &y.inputs)
                        && self.memlets(&x.outputs, &y.outputs);
                }
                false
            }
            (Block::Loop(x), Block::Loop(y)) => {
                let head = match (&x.kind, &y.kind) {
                    (
                        LoopKind::For { var, range },
                        LoopKind::For {
                            var: other,
                            range: theirs,
                        },
                    ) => {
                        let equal = self.range(range, theirs);
                        self.symbols.push((var.clone(), other.clone()));
                        equal
                    }
                    (LoopKind::While { cond }, LoopKind::While { cond: other }) => {
                        self.eval(cond, other)
                    }
                    _ => false,
                };
                head && self.region(&x.body, &y.body)
            }
            (Block::Branch(x), Block::Branch(y)) => {
                self.eval(&x.cond, &y.cond)
                    && self.region(&x.then, &y.then)
                    && self.region(&x.otherwise, &y.otherwise)
            }
            (Block::Assign(x), Block::Assign(y)) => {
                let equal = self.eval(&x.value, &y.value)
                    && self.bound(x.low.as_ref(), y.low.as_ref())
                    && self.bound(x.high.as_ref(), y.high.as_ref());
                self.symbols.push((x.sym.clone(), y.sym.clone()));
                equal
            }
            (Block::Break, Block::Break) | (Block::Continue, Block::Continue) => true,
            _ => false,
        }
    }

    fn map(&mut self, a: &Map, b: &Map) -> bool {
        if a.params.len() != b.params.len() || a.schedule != b.schedule {
            return false;
        }
        let ranges = a.ranges.iter().zip(&b.ranges);
        let equal = ranges.into_iter().all(|(x, y)| self.range(x, y));
        let params = a.params.iter().cloned().zip(b.params.iter().cloned());
        self.symbols.extend(params);
        equal && self.region(&a.body, &b.body)
    }

    fn tasklet(&self, a: &Tasklet, b: &Tasklet) -> bool {
        let guard = match (&a.guard, &b.guard) {
            (Some(x), Some(y)) => self.code(x, y),
            (x, y) => x.is_none() && y.is_none(),
        };
        let index = match (&a.index, &b.index) {
            (Some(x), Some(y)) => {
                x.len() == y.len() && x.iter().zip(y).all(|(x, y)| self.code(x, y))
            }
            (x, y) => x.is_none() && y.is_none(),
        };
        guard && index && self.code(&a.code, &b.code)
    }

    fn eval(&mut self, a: &Eval, b: &Eval) -> bool {
        self.code(&a.code, &b.code) && self.memlets(&a.inputs, &b.inputs)
    }

    fn code(&self, a: &Code, b: &Code) -> bool {
        if self.symbols.is_empty() {
            return same_code(a, b);
        }
        let mut b = b.clone();
        b.map_exprs(&mut |e| self.ours(e));
        same_code(a, &b)
    }

    fn memlets(&mut self, a: &[Memlet], b: &[Memlet]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(x, y)| self.memlet(x, y))
    }

    fn memlet(&mut self, a: &Memlet, b: &Memlet) -> bool {
        let equal = |s: &Self, x: &Dim, y: &Dim| match (x, y) {
            (Dim::Index(x), Dim::Index(y)) => s.expr(x, y),
            (Dim::Range(x), Dim::Range(y)) => s.range(x, y),
            _ => false,
        };
        let dims = (&a.subset.0, &b.subset.0);
        a.wcr == b.wcr
            && a.dynamic == b.dynamic
            && dims.0.len() == dims.1.len()
            && dims.0.iter().zip(dims.1).all(|(x, y)| equal(self, x, y))
            && self.container(a.data, b.data)
    }

    /// The same container, or one that each has for itself.
    fn container(&mut self, a: DataId, b: DataId) -> bool {
        if let Some((x, y)) = self.data.iter().find(|(x, y)| *x == a || *y == b) {
            return (*x, *y) == (a, b);
        }
        if a == b {
            return true;
        }
        let own = self.look.private(self.block.0, a) && self.look.private(self.block.1, b);
        if !own || !self.described(a, b) {
            return false;
        }
        self.data.push((a, b));
        true
    }

    fn described(&self, a: DataId, b: DataId) -> bool {
        let (x, y) = (self.look.sdfg.desc(a), self.look.sdfg.desc(b));
        let exprs = |x: &[Expr], y: &[Expr]| {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| self.expr(x, y))
        };
        x.dtype == y.dtype
            && x.storage == y.storage
            && x.lifetime == y.lifetime
            && exprs(&x.shape, &y.shape)
            && exprs(&x.strides, &y.strides)
    }

    fn bound(&self, a: Option<&Expr>, b: Option<&Expr>) -> bool {
        match (a, b) {
            (Some(x), Some(y)) => self.expr(x, y),
            (x, y) => x.is_none() && y.is_none(),
        }
    }

    fn range(&self, a: &Range, b: &Range) -> bool {
        self.expr(&a.begin, &b.begin) && self.expr(&a.end, &b.end) && self.expr(&a.step, &b.step)
    }

    fn expr(&self, a: &Expr, b: &Expr) -> bool {
        *a == self.ours(b)
    }

    /// The second's expression in symbols of the first.
    fn ours(&self, e: &Expr) -> Expr {
        e.subs(&|s| {
            let pair = self.symbols.iter().find(|(_, theirs)| theirs == s);
            pair.map(|(ours, _)| Expr::from(ours))
        })
    }
}

/// Equal to the sign of a zero.
fn same_code(a: &Code, b: &Code) -> bool {
    a == b && constants(a) == constants(b)
}

fn constants(code: &Code) -> Vec<(u64, u64)> {
    let mut found = Vec::new();
    code.visit(&mut |c| match c {
        Code::Const(Const::Float(x, _)) => found.push((x.to_bits(), 0)),
        Code::Const(Const::Complex(x, y, _)) => found.push((x.to_bits(), y.to_bits())),
        _ => {}
    });
    found
}
