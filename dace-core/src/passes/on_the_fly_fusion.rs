//! Computes elements of a temporary where they are read, again for each reader, instead of keeping it in memory.
//!
//! ```text
//! map i in 0:N + 1 { f[i] = a[i + 1] - a[i] }      map j in 0:N {
//! map j in 0:N { b[j] = f[j + 1] - f[j] }              f_2 = a[j + 2] - a[j + 1]
//!                                                      f_3 = a[j + 1] - a[j]
//!                                                      b[j] = f_2 - f_3
//!                                                  }
//! ```
//!
//! Here an iteration needs what other iterations make, so that `map_fusion` may not merge the maps. A temporary costs a write and its reads from
//! memory, and a map more for the cores to meet after; computing an element again costs operations and reads from the first-level cache. That is
//! the better bargain for a handful of additions, products and comparisons, as stencils of stencils have them; not for divisions, roots and the like.
//!
//! Every element that is read has to be one that the map has made, what it was made of must not have changed since, and nothing may fail in between.

use super::common::{
    Alone, Footprint, as_map, assume_map, count_accesses, count_in_block, shapes, walk,
};
use crate::pipeline::Options;
use crate::sdfg::{BinOp, Block, Code, DataId, Map, Memlet, Region, Sdfg, State, UnOp};
use crate::symbolic::{Dim, Expr, Facts, Subset, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// Operations and reads that an iteration may have in the end.
const MOST: usize = 160;

/// Returns how many temporaries it removed.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let mut changes = 0;
    while once(sdfg) {
        changes += 1;
    }
    changes
}

fn once(sdfg: &mut Sdfg) -> bool {
    let total = count_accesses(&sdfg.body);
    let shapes = shapes(sdfg);
    let mut done = false;
    walk(sdfg, &mut |sdfg, region, facts, _| {
        let mut i = 0;
        while !done && i < region.blocks.len() {
            if let Some(plan) = Plan::of(sdfg, region, i, facts, &total, &shapes) {
                plan.apply(sdfg, region);
                done = true;
            }
            i += 1;
        }
    });
    done
}

/// A map that makes the elements of a temporary, one in each iteration.
struct Producer {
    map: Map,
    body: Vec<Alone>,
    /// What it makes, and the values of the map's parameters by the index of the element, as offsets: `(parameter, offset)` of each dimension.
    data: DataId,
    places: Vec<(usize, Expr)>,
    /// Variables of an iteration.
    private: BTreeSet<DataId>,
    weight: usize,
}

impl Producer {
    fn of(sdfg: &Sdfg, block: &Block, total: &BTreeMap<DataId, usize>) -> Option<Self> {
        let map = as_map(block)?;
        let body: Vec<Alone> = map
            .body
            .blocks
            .iter()
            .map(Alone::of)
            .collect::<Option<_>>()?;
        let inside = count_in_block(block);
        let private = |d: &DataId| {
            sdfg.desc(*d).is_scalar() && !sdfg.is_visible(*d) && inside.get(d) == total.get(d)
        };
        let mut made = None;
        let mut weight = 0;
        for alone in &body {
            weight += simple(&alone.tasklet.code)? + alone.inputs.len();
            if !alone.writes_plainly() || alone.inputs.iter().any(|m| m.dynamic) {
                return None;
            }
            if !private(&alone.output.data) && made.replace(&alone.output).is_some() {
                return None;
            }
        }
        let made = made?;
        let data = made.data;
        let unit = map.ranges.iter().all(|r| r.step.as_int() == Some(1));
        let temporary = !sdfg.is_visible(data) && !sdfg.desc(data).is_scalar();
        if !unit || !temporary || inside.get(&data) != Some(&1) {
            return None;
        }
        let mut places: Vec<(usize, Expr)> = Vec::new();
        for dim in &made.subset.0 {
            let Dim::Index(e) = dim else { return None };
            let found = map.params.iter().enumerate().find_map(|(k, p)| {
                let (factor, rest) = e.linear_in(p)?;
                let alone =
                    factor.as_int() == Some(1) && !map.params.iter().any(|q| rest.contains(q));
                alone.then_some((k, rest))
            })?;
            if places.iter().any(|(k, _)| *k == found.0) {
                return None;
            }
            places.push(found);
        }
        (places.len() == map.params.len()).then(|| Self {
            data,
            places,
            private: inside.keys().copied().filter(|d| private(d)).collect(),
            weight,
            map: map.clone(),
            body,
        })
    }

    /// The values of the parameters in the iteration that made an element, if there surely is one.
    fn iteration(&self, element: &Subset, facts: &Facts) -> Option<BTreeMap<Sym, Expr>> {
        let mut values = BTreeMap::new();
        for (dim, (k, offset)) in element.0.iter().zip(&self.places) {
            let Dim::Index(e) = dim else { return None };
            let (value, range) = (e - offset, &self.map.ranges[*k]);
            if !facts.le(&range.begin, &value) || !facts.lt(&value, &range.end) {
                return None;
            }
            values.insert(self.map.params[*k].clone(), value);
        }
        (element.rank() == self.places.len()).then_some(values)
    }

    /// The statements that make one element, in a variable.
    fn at(&self, values: &BTreeMap<Sym, Expr>, sdfg: &mut Sdfg) -> (Vec<Block>, DataId) {
        let mut fresh: BTreeMap<DataId, DataId> = BTreeMap::new();
        for d in self.private.iter().chain([&self.data]) {
            let desc = sdfg.desc(*d).clone();
            fresh.insert(*d, sdfg.add_transient(&desc.name, desc.dtype, Vec::new()));
        }
        let replace = |s: &Sym| values.get(s).cloned();
        let blocks = self.body.iter().map(|alone| {
            let mut alone = alone.clone();
            for m in &mut alone.inputs {
                m.data = fresh.get(&m.data).copied().unwrap_or(m.data);
                m.subset = m.subset.subs(&replace);
            }
            alone.output = Memlet::scalar(fresh[&alone.output.data]);
            for code in alone.codes_mut() {
                code.subs(&replace);
            }
            alone.into_block()
        });
        (blocks.collect(), fresh[&self.data])
    }
}

/// The elements that a block reads, each with the iteration that made it.
type Reads = Vec<(Subset, BTreeMap<Sym, Expr>)>;

struct Plan {
    producer: Producer,
    at: usize,
    /// The maps that read the temporary.
    readers: BTreeMap<usize, Reads>,
}

impl Plan {
    fn of(
        sdfg: &Sdfg,
        region: &Region,
        at: usize,
        facts: &Facts,
        total: &BTreeMap<DataId, usize>,
        shapes: &[Vec<Expr>],
    ) -> Option<Self> {
        let producer = Producer::of(sdfg, &region.blocks[at], total)?;
        let mut missing = total.get(&producer.data)?.checked_sub(1)?;
        let sources = Footprint::of(&region.blocks[at], shapes);
        let mut readers = BTreeMap::new();
        for (index, block) in region.blocks.iter().enumerate().skip(at + 1) {
            if missing == 0 {
                break;
            }
            let print = Footprint::of(block, shapes);
            let changes = |d: &DataId| print.writes.contains_key(d);
            if print.jumps
                || sources.reads.keys().any(changes)
                || changes(&producer.data)
                || !print.assigns.is_disjoint(&sources.uses)
            {
                return None;
            }
            if print.reads.contains_key(&producer.data) {
                let map = as_map(block)?;
                let (reads, count) = reads(map, &producer, facts)?;
                missing = missing.checked_sub(count)?;
                readers.insert(index, reads);
            }
        }
        // Where each reader reads one element alone, the maps may become one.
        let again = readers.values().any(|r| r.len() > 1);
        (missing == 0 && again).then_some(Self {
            producer,
            at,
            readers,
        })
    }

    fn apply(self, sdfg: &mut Sdfg, region: &mut Region) {
        for (index, reads) in &self.readers {
            let Some(map) = as_map(&region.blocks[*index]) else {
                continue;
            };
            let mut map = map.clone();
            let mut made: Vec<Option<DataId>> = vec![None; reads.len()];
            let mut blocks = Vec::new();
            for block in std::mem::take(&mut map.body.blocks) {
                let Some(mut alone) = Alone::of(&block) else {
                    blocks.push(block);
                    continue;
                };
                for m in &mut alone.inputs {
                    let place = reads.iter().position(|(s, _)| *s == m.subset);
                    if let Some(k) = place.filter(|_| m.data == self.producer.data) {
                        let scalar = *made[k].get_or_insert_with(|| {
                            let (statements, scalar) = self.producer.at(&reads[k].1, sdfg);
                            blocks.extend(statements);
                            scalar
                        });
                        *m = Memlet::scalar(scalar);
                    }
                }
                blocks.push(alone.into_block());
            }
            map.body = Region::new(blocks);
            region.blocks[*index] = Block::State(State::of_map(map));
        }
        region.blocks.remove(self.at);
    }
}

/// What a map reads of the temporary, and how many memlets do, if an iteration is not too long with it.
fn reads(map: &Map, producer: &Producer, facts: &Facts) -> Option<(Reads, usize)> {
    let mut facts = facts.clone();
    assume_map(&mut facts, map);
    let mut reads: Reads = Vec::new();
    let (mut count, mut weight) = (0, 0);
    for block in &map.body.blocks {
        let alone = Alone::of(block)?;
        weight += alone.codes().map(size).sum::<usize>() + alone.inputs.len();
        for m in alone.inputs.iter().filter(|m| m.data == producer.data) {
            // An element for each iteration, or it would be computed again and again.
            let each = map.params.iter().all(|p| m.subset.contains_sym(p));
            if m.dynamic || !each || map.params.len() != producer.places.len() {
                return None;
            }
            count += 1;
            if !reads.iter().any(|(s, _)| *s == m.subset) {
                let values = producer.iteration(&m.subset, &facts)?;
                reads.push((m.subset.clone(), values));
            }
        }
    }
    weight += producer.weight * reads.len();
    (weight <= MOST).then_some((reads, count))
}

/// Operations of a code that has simple ones only and cannot fail.
fn simple(code: &Code) -> Option<usize> {
    let mut plain = true;
    code.visit(&mut |c| {
        plain &= match c {
            Code::Load(..) => false,
            Code::Un(op, _) => matches!(
                op,
                UnOp::Neg
                    | UnOp::Not
                    | UnOp::Invert
                    | UnOp::Abs
                    | UnOp::Real
                    | UnOp::Imag
                    | UnOp::Conj
            ),
            Code::Bin(op, ..) => {
                op.is_comparison()
                    || matches!(
                        op,
                        BinOp::Add
                            | BinOp::Sub
                            | BinOp::Mul
                            | BinOp::And
                            | BinOp::Or
                            | BinOp::BitAnd
                            | BinOp::BitOr
                            | BinOp::BitXor
                            | BinOp::Min
                            | BinOp::Max
                    )
            }
            _ => true,
        };
    });
    plain.then(|| size(code))
}

/// The number of operations of a code.
fn size(code: &Code) -> usize {
    let mut count = 0;
    code.visit(&mut |c| {
        count += usize::from(matches!(
            c,
            Code::Un(..) | Code::Bin(..) | Code::Select(..) | Code::Load(..)
        ));
    });
    count
}
