//! Removes copies between a transient and another container.
//!
//! ```text
//! t = B @ C                          t = copy of A[1:N]
//! A[1:N] = t       A[1:N] = B @ C    c = t[i] * t[i + 1]      c = A[1 + i] * A[2 + i]
//! ```
//!
//! Write side: what makes the transient writes into the target at once, if the target is not touched between and the transient is not used after. Read
//! side: who reads the transient reads the source, if the source is not written between. Both only where every access of the transient is
//! proved to be inside of it, since an index error must stay one.

use super::common::{
    Alone, Footprint, Place, as_map, count_accesses, count_in_block, disjoint, overwrites,
    replace_data, shapes, walk,
};
use crate::pipeline::Options;
use crate::sdfg::{Access, Block, Code, DataId, LoopKind, Memlet, Node, Region, Sdfg, State};
use crate::symbolic::{Dim, Expr, Facts, Range, Subset, Sym};
use std::collections::BTreeMap;

/// Returns how many copies it removed.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let shapes = shapes(sdfg);
    let total = count_accesses(&sdfg.body);
    let mut changes = 0;
    walk(sdfg, &mut |sdfg, region, facts, place| {
        let mut pass = Pass {
            sdfg,
            shapes: &shapes,
            total: &total,
            facts,
            place,
            changed: Vec::new(),
            counts: region.blocks.iter().map(count_in_block).collect(),
        };
        let mut k = 0;
        while k < region.blocks.len() {
            if pass.block(region, k) {
                changes += 1;
                region.blocks.remove(k);
                pass.counts.remove(k);
            } else {
                k += 1;
            }
        }
    });
    changes
}

struct Pass<'a> {
    sdfg: &'a Sdfg,
    shapes: &'a [Vec<Expr>],
    total: &'a BTreeMap<DataId, usize>,
    facts: &'a Facts,
    place: Place,
    /// Containers whose counts are out of date.
    changed: Vec<DataId>,
    /// The accesses in each block of the region.
    counts: Vec<BTreeMap<DataId, usize>>,
}

/// Where each element of a transient lies in another container: an index for each dimension, in coordinates of the transient.
struct Home {
    data: DataId,
    index: Vec<Expr>,
    coordinates: Vec<Sym>,
}

impl Pass<'_> {
    fn block(&mut self, region: &mut Region, k: usize) -> bool {
        let Some((from, to, params)) = copy(&region.blocks[k]) else {
            return false;
        };
        let plain = |d: DataId| !self.sdfg.is_visible(d) && !self.changed.contains(&d);
        let (from_plain, to_plain) = (plain(from.data), plain(to.data));
        if from.data == to.data || self.sdfg.desc(from.data).dtype != self.sdfg.desc(to.data).dtype
        {
            return false;
        }
        if from_plain
            && let Some(place) = Self::follow(&from, &to, &params)
            && self.covers(&from, &params)
            && self.write_side(region, k, from.data, &place)
        {
            self.changed.extend([from.data, to.data]);
            return true;
        }
        if to_plain
            && let Some(place) = Self::follow(&to, &from, &params)
            && self.read_side(region, k, to.data, &place)
        {
            self.changed.extend([from.data, to.data]);
            return true;
        }
        false
    }

    /// The place of each element of `inner` in `outer`: each index of `inner` must be a parameter of its own, or a constant.
    fn follow(inner: &Memlet, outer: &Memlet, params: &[(Sym, Range)]) -> Option<Home> {
        let mut of_param: Vec<(Sym, Expr)> = Vec::new();
        let mut coordinates = Vec::new();
        for (k, dim) in inner.subset.0.iter().enumerate() {
            let Dim::Index(e) = dim else { return None };
            // No Python name looks like this.
            let coordinate = Sym::new(&format!("?{k}"));
            coordinates.push(coordinate.clone());
            let mut named = params.iter().filter(|(p, _)| e.contains(p));
            match named.next() {
                None => {}
                Some((p, _)) => {
                    let (c, rest) = e.linear_in(p)?;
                    if c.as_int() != Some(1)
                        || named.next().is_some()
                        || of_param.iter().any(|(s, _)| s == p)
                    {
                        return None;
                    }
                    of_param.push((p.clone(), Expr::sym(coordinate) - rest));
                }
            }
        }
        if params
            .iter()
            .any(|(p, r)| r.step.as_int() != Some(1) || !of_param.iter().any(|(s, _)| s == p))
        {
            return None;
        }
        let index = outer
            .subset
            .0
            .iter()
            .map(|d| match d {
                Dim::Index(e) => Some(e.subs(&|s| {
                    of_param
                        .iter()
                        .find(|(p, _)| p == s)
                        .map(|(_, e)| e.clone())
                })),
                Dim::Range(_) => None,
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Home {
            data: outer.data,
            index,
            coordinates,
        })
    }

    /// Whether the copy moves the whole transient.
    fn covers(&self, inner: &Memlet, params: &[(Sym, Range)]) -> bool {
        inner
            .subset
            .0
            .iter()
            .zip(&self.shapes[inner.data.0 as usize])
            .all(|(dim, n)| {
                let Dim::Index(e) = dim else { return false };
                match params.iter().find(|(p, _)| e.contains(p)) {
                    None => self.facts.eq(e, &Expr::zero()) && self.facts.eq(n, &Expr::one()),
                    Some((p, r)) => {
                        let first = e.subs_one(p, &r.begin);
                        let end = e.subs_one(p, &r.end);
                        self.facts.le(&first, &Expr::zero()) && self.facts.le(n, &end)
                    }
                }
            })
    }

    fn write_side(&mut self, region: &mut Region, k: usize, data: DataId, place: &Home) -> bool {
        let counts: Vec<usize> = self.counts[..=k]
            .iter()
            .map(|c| c.get(&data).copied().unwrap_or(0))
            .collect();
        if self.total.get(&data) != Some(&counts.iter().sum()) {
            return false;
        }
        let Some(first) = counts.iter().position(|n| *n > 0).filter(|i| *i < k) else {
            return false;
        };
        let copied = Footprint::of(&region.blocks[k], self.shapes);
        for b in &region.blocks[first..k] {
            let print = Footprint::of(b, self.shapes);
            let clear = |side: &BTreeMap<DataId, Memlet>| {
                side.get(&place.data).is_none_or(|m| {
                    copied
                        .writes
                        .get(&place.data)
                        .is_some_and(|w| disjoint(&m.subset, &w.subset, self.facts))
                })
            };
            if print.jumps
                || !clear(&print.reads)
                || !clear(&print.writes)
                || !self.steady(&print, place)
            {
                return false;
            }
        }
        // In a loop the transient could bring something over from the iteration before.
        if self.place != Place::Program
            && self.place != Place::Map
            && !overwrites(
                &region.blocks[first],
                data,
                &self.shapes[data.0 as usize],
                self.facts,
            )
        {
            return false;
        }
        self.replace(region, first..k, data, place)
    }

    fn read_side(&mut self, region: &mut Region, k: usize, data: DataId, place: &Home) -> bool {
        let counts: Vec<usize> = self.counts[k + 1..]
            .iter()
            .map(|c| c.get(&data).copied().unwrap_or(0))
            .collect();
        if self.total.get(&data) != Some(&(counts.iter().sum::<usize>() + 1)) {
            return false;
        }
        let Some(last) = counts.iter().rposition(|n| *n > 0) else {
            return false;
        };
        let range = k + 1..k + 2 + last;
        for b in &region.blocks[range.clone()] {
            let print = Footprint::of(b, self.shapes);
            if print.jumps
                || print.writes.contains_key(&data)
                || print.writes.contains_key(&place.data)
                || !self.steady(&print, place)
            {
                return false;
            }
        }
        self.replace(region, range, data, place)
    }

    /// Whether the place keeps its meaning over a block.
    fn steady(&self, print: &Footprint, place: &Home) -> bool {
        let shape = &self.shapes[place.data.0 as usize];
        print
            .assigns
            .iter()
            .all(|s| !place.index.iter().chain(shape).any(|e| e.contains(s)))
    }

    /// Rewrites the accesses in some blocks, or none of them.
    fn replace(
        &mut self,
        region: &mut Region,
        range: std::ops::Range<usize>,
        data: DataId,
        place: &Home,
    ) -> bool {
        let blocks = &mut region.blocks[range.clone()];
        let shape = &self.shapes[data.0 as usize];
        let mut fine = true;
        let mut facts = self.facts.clone();
        for b in blocks.iter() {
            each_access(b, &mut facts, &mut |a, facts| {
                if a.memlet.data == data {
                    fine &= inside(&a.memlet.subset, shape, facts)
                        && through(&a.memlet.subset, place).is_some();
                }
            });
        }
        if !fine {
            return false;
        }
        for b in blocks.iter_mut() {
            let mut region = Region::new(vec![std::mem::replace(b, Block::Break)]);
            // Memlets on edges of maps are made anew anyway.
            replace_data(&mut region, data, &mut |m| Memlet {
                data: place.data,
                subset: through(&m.subset, place)
                    .unwrap_or_else(|| Subset::whole(&self.shapes[place.data.0 as usize])),
                ..m.clone()
            });
            if let Some(new) = region.blocks.pop() {
                *b = without_map_edges(new);
            }
        }
        for (count, block) in self.counts[range].iter_mut().zip(blocks.iter()) {
            *count = count_in_block(block);
        }
        true
    }
}

/// A map that is alone in its state loses its edges, which were about another container.
fn without_map_edges(block: Block) -> Block {
    match as_map(&block) {
        Some(map) => Block::State(State::of_map(map.clone())),
        None => block,
    }
}

/// Source, target and parameters of a block that copies element by element and does nothing else.
fn copy(block: &Block) -> Option<(Memlet, Memlet, Vec<(Sym, Range)>)> {
    let (tasklet, params) = match as_map(block) {
        Some(map) => {
            let [one] = map.body.blocks.as_slice() else {
                return None;
            };
            (
                Alone::of(one)?,
                map.params
                    .iter()
                    .cloned()
                    .zip(map.ranges.iter().cloned())
                    .collect(),
            )
        }
        None => (Alone::of(block)?, Vec::new()),
    };
    let point = |m: &Memlet| m.subset.as_point().is_some();
    let [from] = tasklet.inputs.as_slice() else {
        return None;
    };
    let fits = tasklet.tasklet.code == Code::In(0)
        && tasklet.writes_plainly()
        && point(from)
        && point(&tasklet.output);
    fits.then(|| (from.clone(), tasklet.output.clone(), params))
}

/// The subset of the outer container that a subset of the transient denotes.
fn through(subset: &Subset, place: &Home) -> Option<Subset> {
    let mut dims = Vec::with_capacity(place.index.len());
    let mut ranges = Vec::new();
    for e in &place.index {
        let named: Vec<usize> = (0..place.coordinates.len())
            .filter(|k| e.contains(&place.coordinates[*k]))
            .collect();
        let points = |s: &Sym| {
            place
                .coordinates
                .iter()
                .position(|c| c == s)
                .and_then(|k| match subset.0.get(k) {
                    Some(Dim::Index(x)) => Some(x.clone()),
                    _ => None,
                })
        };
        let ranged: Vec<usize> = named
            .iter()
            .copied()
            .filter(|k| matches!(subset.0.get(*k), Some(Dim::Range(_))))
            .collect();
        match ranged.as_slice() {
            [] => dims.push(Dim::Index(e.subs(&points))),
            [k] => {
                let Some(Dim::Range(r)) = subset.0.get(*k) else {
                    return None;
                };
                let (c, rest) = e.subs(&points).linear_in(&place.coordinates[*k])?;
                ranges.push(*k);
                dims.push(Dim::Range(Range {
                    begin: &c * &r.begin + &rest,
                    end: &c * &r.end + &rest,
                    step: &c * &r.step,
                }));
            }
            _ => return None,
        }
    }
    // The consumer sees the same ranges in the same order.
    let expected: Vec<usize> = (0..subset.0.len())
        .filter(|k| matches!(subset.0[*k], Dim::Range(_)))
        .collect();
    (ranges == expected).then_some(Subset(dims))
}

/// Proved to lie in a container of this shape.
fn inside(subset: &Subset, shape: &[Expr], facts: &Facts) -> bool {
    subset.0.len() == shape.len()
        && subset.0.iter().zip(shape).all(|(d, n)| {
            let (low, high) = d.hull();
            let known = !matches!(d, Dim::Range(r) if r.step.as_int().is_none());
            known && facts.is_nonneg(&low) && facts.lt(&high, n)
        })
}

/// Visits the accesses of a block with what is known at each.
pub fn each_access(block: &Block, facts: &mut Facts, f: &mut dyn FnMut(Access<'_>, &Facts)) {
    let mark = facts.mark();
    let eval = |e: &crate::sdfg::Eval, facts: &Facts, f: &mut dyn FnMut(Access<'_>, &Facts)| {
        e.inputs.iter().for_each(|memlet| {
            f(
                Access {
                    memlet,
                    write: false,
                },
                facts,
            );
        });
    };
    match block {
        Block::State(state) => {
            for node in state.computations() {
                if let Node::Map(map) = &state.graph[node] {
                    let mark = facts.mark();
                    super::common::assume_map(facts, map);
                    map.body
                        .blocks
                        .iter()
                        .for_each(|b| each_access(b, facts, f));
                    facts.truncate(mark);
                    continue;
                }
                state.inputs(node).into_iter().for_each(|memlet| {
                    f(
                        Access {
                            memlet,
                            write: false,
                        },
                        facts,
                    );
                });
                state.outputs(node).into_iter().for_each(|memlet| {
                    f(
                        Access {
                            memlet,
                            write: true,
                        },
                        facts,
                    );
                });
            }
            facts.truncate(mark);
        }
        Block::Loop(l) => {
            match &l.kind {
                LoopKind::For { var, range } => super::common::assume_in(facts, var, range),
                LoopKind::While { cond } => eval(cond, facts, f),
            }
            l.body.blocks.iter().for_each(|b| each_access(b, facts, f));
            facts.truncate(mark);
        }
        Block::Branch(b) => {
            eval(&b.cond, facts, f);
            b.then.blocks.iter().for_each(|b| each_access(b, facts, f));
            facts.truncate(mark);
            b.otherwise
                .blocks
                .iter()
                .for_each(|b| each_access(b, facts, f));
            facts.truncate(mark);
        }
        // What an assignment tells holds in the blocks after it.
        Block::Assign(a) => {
            eval(&a.value, facts, f);
            facts.bound(&a.sym, a.low.clone(), a.high.clone());
        }
        Block::Break | Block::Continue | Block::Return => {}
    }
}
