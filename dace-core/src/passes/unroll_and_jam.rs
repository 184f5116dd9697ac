//! Does several iterations of a map at a time where its inner loops then read what they share once.
//!
//! ```text
//! map i in 0:M {                                map q in 0:M // 4 {
//!     s = 0                                         s0 = 0; s1 = 0; s2 = 0; s3 = 0
//!     map j in 0:N { s += A[i, j]*x[j] }            map j in 0:N { s0 += A[4*q, j]*x[j]; …; s3 += A[4*q + 3, j]*x[j] }
//!     map j in 0:N { y[j] += A[i, j]*s }   →        map j in 0:N { y[j] += A[4*q, j]*s0 + … + A[4*q + 3, j]*s3 }
//! }                                             }
//!                                               map i in 4*(M // 4):M { … as before … }
//! ```
//!
//! Products of a matrix with vectors, mostly: `x` and `y` go through the registers once for all rows of a block, and memory delivers several
//! rows at a time. A map's iterations may run at once, so they may take turns; sums into one element are added up first, which
//! strict floating point does not allow.

use super::common::{
    Alone, all_symbols, as_map, count_accesses, count_in_block, defined_symbols, fresh, walk,
};
use crate::pipeline::Options;
use crate::sdfg::{
    BinOp, Block, Code, DataId, Map, Memlet, Region, Schedule, Sdfg, State, Tasklet, Wcr,
};
use crate::symbolic::{Expr, Facts, Range, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// Sums of a block of iterations that stay in registers.
const SUMS: usize = 4;

/// Returns how many maps it changed.
pub fn run(sdfg: &mut Sdfg, options: &Options) -> usize {
    if options.strict_fp {
        return 0;
    }
    let total = count_accesses(&sdfg.body);
    let mut taken = all_symbols(sdfg);
    let mut changes = 0;
    walk(sdfg, &mut |sdfg, region, facts, _| {
        let mut k = 0;
        while k < region.blocks.len() {
            if let Some(plan) = Plan::of(sdfg, &region.blocks[k], &total) {
                let new = plan.apply(sdfg, facts, &mut taken);
                let count = new.len();
                region.blocks.splice(k..=k, new);
                k += count;
                changes += 1;
            } else {
                k += 1;
            }
        }
    });
    changes
}

/// A statement of the map's body.
enum Part {
    Single(Alone),
    Inner {
        name: String,
        param: Sym,
        range: Range,
        body: Vec<Alone>,
    },
}

struct Plan {
    map: Map,
    /// The map with its last parameter in a map inside.
    parts: Vec<Part>,
    /// Scalars that live in one iteration.
    private: BTreeSet<DataId>,
    /// Iterations at a time.
    factor: i64,
}

impl Plan {
    fn of(sdfg: &Sdfg, block: &Block, total: &BTreeMap<DataId, usize>) -> Option<Self> {
        let map = as_map(block)?.clone();
        if map.schedule != Schedule::Default || map.ranges[0].step.as_int() != Some(1) {
            return None;
        }
        let parts = match map.params.as_slice() {
            [_] => map.body.blocks.iter().map(part).collect::<Option<_>>()?,
            [_, inner] => vec![Part::Inner {
                name: map.name.clone(),
                param: inner.clone(),
                range: map.ranges[1].clone(),
                body: alones(&map.body)?,
            }],
            _ => return None,
        };
        let here = count_in_block(block);
        let mut private = BTreeSet::new();
        for (data, count) in &here {
            if !sdfg.is_visible(*data) && total.get(data) == Some(count) {
                // An array of each iteration's own would be needed several times.
                if !sdfg.desc(*data).is_scalar() {
                    return None;
                }
                private.insert(*data);
            }
        }
        let outer = &map.params[0];
        let (mut sums, mut shared, mut own) = (0, false, false);
        for part in &parts {
            let Part::Inner {
                param, body, range, ..
            } = part
            else {
                continue;
            };
            if range.contains_sym(outer) {
                return None;
            }
            for alone in body {
                let simple = alone.tasklet.guard.is_none() && alone.tasklet.index.is_none();
                let points = alone.inputs.iter().chain([&alone.output]);
                let plain = points
                    .clone()
                    .all(|m| m.subset.as_point().is_some() && !m.dynamic);
                if !simple || !plain {
                    return None;
                }
                for m in points {
                    let (by_outer, by_inner) =
                        (m.subset.contains_sym(outer), m.subset.contains_sym(param));
                    shared |= by_inner && !by_outer;
                    own |= by_inner && by_outer;
                }
                let sum = alone.output.wcr.is_some() && !alone.output.subset.contains_sym(param);
                let scalar = sdfg.desc(alone.output.data).is_scalar();
                if sum {
                    sums += 1;
                    // An element of all iterations, or one that others combine into differently, is another matter.
                    let element = private.contains(&alone.output.data)
                        || (!scalar && alone.output.subset.contains_sym(outer));
                    if !element {
                        return None;
                    }
                } else if scalar {
                    // A temporary of each iteration of the inner map.
                    if !private.contains(&alone.output.data) || alone.output.wcr.is_some() {
                        return None;
                    }
                } else if alone.output.wcr != Some(Wcr::Sum)
                    || alone.output.subset.contains_sym(outer)
                {
                    // Rows that are written gain nothing by each other's company.
                    return None;
                }
            }
        }
        let factor = (SUMS / sums.max(1)) as i64;
        let conflict = |p: &Part| {
            matches!(p, Part::Single(a) if !private.contains(&a.output.data)
                && !a.output.subset.contains_sym(outer))
        };
        let fine = shared && own && factor >= 2 && !parts.iter().any(conflict);
        fine.then_some(Self {
            map,
            parts,
            private,
            factor,
        })
    }

    fn apply(self, sdfg: &mut Sdfg, facts: &Facts, taken: &mut BTreeSet<Sym>) -> Vec<Block> {
        let (outer, range) = (&self.map.params[0], &self.map.ranges[0]);
        let count = facts.simplify(&range.count());
        let blocks = count.floor_div(&Expr::int(self.factor));
        let first = fresh(outer, taken);
        // Copies of the private scalars and the iteration of each.
        let copies: Vec<(BTreeMap<DataId, DataId>, Expr)> = (0..self.factor)
            .map(|k| {
                let scalars = self
                    .private
                    .iter()
                    .map(|d| {
                        let desc = sdfg.desc(*d).clone();
                        (*d, sdfg.add_transient(&desc.name, desc.dtype, Vec::new()))
                    })
                    .collect();
                let at = &(&Expr::from(&first).scale(i128::from(self.factor)) + &range.begin)
                    + &Expr::int(k);
                (scalars, at)
            })
            .collect();
        let copy = |alone: &Alone, k: usize| {
            let (scalars, at) = &copies[k];
            let mut alone = alone.clone();
            for m in alone.inputs.iter_mut().chain([&mut alone.output]) {
                m.data = scalars.get(&m.data).copied().unwrap_or(m.data);
                m.subset = m.subset.subs(&|s| (s == outer).then(|| at.clone()));
            }
            for code in alone.codes_mut() {
                code.subs(&|s| (s == outer).then(|| at.clone()));
            }
            alone
        };
        let mut body = Vec::new();
        for part in &self.parts {
            match part {
                Part::Single(alone) => {
                    body.extend((0..copies.len()).map(|k| copy(alone, k).into_block()));
                }
                Part::Inner {
                    name,
                    param,
                    range,
                    body: inner,
                } => {
                    let renamed = fresh(param, taken);
                    let (mut before, mut jammed, mut after) = (Vec::new(), Vec::new(), Vec::new());
                    for alone in inner {
                        let all: Vec<Alone> = (0..copies.len()).map(|k| copy(alone, k)).collect();
                        let common = all.iter().all(|a| a.output == all[0].output);
                        if alone.output.wcr.is_some() && common {
                            jammed.push(added_up(all).into_block());
                            continue;
                        }
                        for mut one in all {
                            let element = one.output.clone();
                            let is_sum = element.wcr.is_some()
                                && !element.subset.contains_sym(param)
                                && !sdfg.desc(element.data).is_scalar();
                            if let Some(wcr) = element.wcr.filter(|_| is_sum) {
                                let dtype = sdfg.desc(element.data).dtype;
                                let name = format!("{}_acc", sdfg.desc(element.data).name);
                                let acc = sdfg.add_transient(&name, dtype, Vec::new());
                                one.output = Memlet::scalar(acc).with_wcr(wcr);
                                let span = one.tasklet.span;
                                let tasklet = |name: &str, code, inputs, to| {
                                    let tasklet = Tasklet::new(name, code, span);
                                    Block::State(State::of_tasklet(tasklet, inputs, to))
                                };
                                let identity = Code::Const(wcr.identity(dtype));
                                let start =
                                    tasklet("start", identity, Vec::new(), Memlet::scalar(acc));
                                before.push(start);
                                let read = vec![Memlet::scalar(acc)];
                                after.push(tasklet("store", Code::In(0), read, element));
                            }
                            jammed.push(one.into_block());
                        }
                    }
                    let mut inner = Region::new(jammed);
                    inner.subs(&|s| (s == param).then(|| Expr::from(&renamed)));
                    body.append(&mut before);
                    body.push(Block::State(State::of_map(Map {
                        name: name.clone(),
                        params: vec![renamed],
                        ranges: vec![range.clone()],
                        schedule: Schedule::Default,
                        body: inner,
                        explicit: false,
                        span: self.map.span,
                    })));
                    body.append(&mut after);
                }
            }
        }
        let main = Map {
            params: vec![first],
            ranges: vec![Range::upto(blocks.clone())],
            body: Region::new(body),
            ..self.map.clone()
        };
        // The few that are left.
        let mut rest = self.map.clone();
        rest.ranges[0].begin = &range.begin + &blocks.scale(i128::from(self.factor));
        rest.schedule = Schedule::Sequential;
        vec![
            Block::State(State::of_map(main)),
            Block::State(State::of_map(rest)),
        ]
    }
}

fn part(block: &Block) -> Option<Part> {
    if let Some(alone) = Alone::of(block) {
        let simple = alone.tasklet.guard.is_none() && alone.tasklet.index.is_none();
        return simple.then_some(Part::Single(alone));
    }
    let inner = as_map(block)?;
    let ([param], [range]) = (inner.params.as_slice(), inner.ranges.as_slice()) else {
        return None;
    };
    let plain = inner.schedule == Schedule::Default && defined_symbols(&inner.body).is_empty();
    plain.then_some(Part::Inner {
        name: inner.name.clone(),
        param: param.clone(),
        range: range.clone(),
        body: alones(&inner.body)?,
    })
}

fn alones(body: &Region) -> Option<Vec<Alone>> {
    body.blocks.iter().map(Alone::of).collect()
}

/// One tasklet that adds what several would add to one element.
fn added_up(all: Vec<Alone>) -> Alone {
    let mut sum: Option<Alone> = None;
    for mut next in all {
        sum = Some(match sum {
            None => next,
            Some(mut sum) => {
                let offset = sum.inputs.len();
                next.tasklet.code.map_inputs(&|k| k + offset);
                sum.inputs.append(&mut next.inputs);
                sum.tasklet.code = Code::bin(BinOp::Add, sum.tasklet.code, next.tasklet.code);
                sum.tidy_inputs();
                sum
            }
        });
    }
    sum.unwrap_or_else(|| unreachable!("a block of iterations is not empty"))
}
