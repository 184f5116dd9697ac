//! Does several iterations of a map at a time where each is a chain of computations that wait for one another.
//!
//! ```text
//! map i in 0:N {                                     map q in 0:N // 4 {
//!     for j in range(1, M) {                             for j in range(1, M) {
//!         p[i, j] = 1 / (p[i, j - 1] + a)      →             p[4*q, j] = 1 / (p[4*q, j - 1] + a); …
//!     }                                                      p[4*q + 3, j] = 1 / (p[4*q + 3, j - 1] + a)
//! }                                                      }
//!                                                    }
//!                                                    map i in 4*(N // 4):N { … as before … }
//! ```
//!
//! A sequential loop whose iterations need the one before runs at the latency of its operations, which is several times what the processor needs
//! for them. Iterations of the map need nothing of each other, so they may take turns, and the processor works on one while another waits.

use super::common::{Alone, all_symbols, as_map, count_accesses, count_in_block, fresh, walk};
use crate::pipeline::Options;
use crate::sdfg::{Block, Code, DataId, Loop, LoopKind, Map, Region, Schedule, Sdfg, State};
use crate::symbolic::{Expr, Facts, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// Operations that a loop may have in the end: the processor looks so far ahead, and not much farther.
const MOST: usize = 160;

/// Returns how many maps it changed.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let total = count_accesses(&sdfg.body);
    let mut taken = all_symbols(sdfg);
    let mut changes = 0;
    walk(sdfg, &mut |sdfg, region, facts, _| {
        let mut k = 0;
        while k < region.blocks.len() {
            if let Some(plan) = Plan::of(sdfg, &region.blocks[k], &total) {
                region
                    .blocks
                    .splice(k..=k, plan.apply(sdfg, facts, &mut taken));
                k += 1;
                changes += 1;
            }
            k += 1;
        }
    });
    changes
}

struct Plan {
    map: Map,
    /// Scalars that live in one iteration.
    private: BTreeSet<DataId>,
    /// Iterations at a time.
    factor: i64,
}

impl Plan {
    fn of(sdfg: &Sdfg, block: &Block, total: &BTreeMap<DataId, usize>) -> Option<Self> {
        let map = as_map(block)?;
        let (last, range) = (map.params.last()?, map.ranges.last()?);
        if map.schedule != Schedule::Default || range.step.as_int() != Some(1) {
            return None;
        }
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
        let (mut longest, mut chained) = (0, false);
        for block in &map.body.blocks {
            if let Block::Loop(l) = block {
                let statements: Vec<Alone> =
                    l.body.blocks.iter().map(Alone::of).collect::<Option<_>>()?;
                let LoopKind::For { var, range } = &l.kind else {
                    return None;
                };
                if range.contains_sym(last) || !statements.iter().all(plain) {
                    return None;
                }
                let size = |a: &Alone| a.codes().map(operations).sum::<usize>();
                longest = statements.iter().map(size).sum::<usize>().max(longest);
                chained |= is_chain(&statements, var, &private);
            } else if !Alone::of(block).is_some_and(|a| plain(&a)) {
                return None;
            }
        }
        let factor = match longest {
            n if 4 * n <= MOST => 4,
            n if 2 * n <= MOST => 2,
            _ => return None,
        };
        chained.then(|| Self {
            map: map.clone(),
            private,
            factor,
        })
    }

    fn apply(self, sdfg: &mut Sdfg, facts: &Facts, taken: &mut BTreeSet<Sym>) -> [Block; 2] {
        let at = self.map.params.len() - 1;
        let (last, range) = (&self.map.params[at], &self.map.ranges[at]);
        let blocks = facts
            .simplify(&range.count())
            .floor_div(&Expr::int(self.factor));
        let first = fresh(last, taken);
        let copies: Vec<Copy> = (0..self.factor)
            .map(|k| Copy {
                scalars: self
                    .private
                    .iter()
                    .map(|d| {
                        let desc = sdfg.desc(*d).clone();
                        (*d, sdfg.add_transient(&desc.name, desc.dtype, Vec::new()))
                    })
                    .collect(),
                param: last,
                value: &(&Expr::from(&first).scale(i128::from(self.factor)) + &range.begin)
                    + &Expr::int(k),
            })
            .collect();
        let turns = |blocks: &[Block]| -> Vec<Block> {
            let statements = blocks.iter().filter_map(Alone::of);
            statements
                .flat_map(|a| copies.iter().map(move |c| c.of(&a).into_block()))
                .collect()
        };
        let mut main = self.map.clone();
        main.params[at] = first;
        main.ranges[at].begin = Expr::zero();
        main.ranges[at].end = blocks.clone();
        main.body = Region::new(Vec::new());
        for block in &self.map.body.blocks {
            match block {
                Block::Loop(l) => {
                    let mut body = Region::new(turns(&l.body.blocks));
                    let mut kind = l.kind.clone();
                    // A symbol has one place where it is defined.
                    if let LoopKind::For { var, .. } = &mut kind {
                        let renamed = fresh(var, taken);
                        body.subs(&|s| (s == var).then(|| Expr::from(&renamed)));
                        *var = renamed;
                    }
                    main.body.blocks.push(Block::Loop(Loop {
                        kind,
                        body,
                        span: l.span,
                    }));
                }
                other => main.body.blocks.extend(turns(std::slice::from_ref(other))),
            }
        }
        for p in &mut main.params[..at] {
            let renamed = fresh(p, taken);
            main.body.subs(&|s| (s == p).then(|| Expr::from(&renamed)));
            for r in &mut main.ranges {
                *r = r.subs(&|s| (s == p).then(|| Expr::from(&renamed)));
            }
            *p = renamed;
        }
        // The few that are left.
        let mut rest = self.map.clone();
        rest.ranges[at].begin = &range.begin + &blocks.scale(i128::from(self.factor));
        if at == 0 {
            rest.schedule = Schedule::Sequential;
        }
        [main, rest].map(|m| Block::State(State::of_map(m)))
    }
}

/// An iteration of a block of them.
struct Copy<'a> {
    /// Its own variables for the private ones.
    scalars: BTreeMap<DataId, DataId>,
    param: &'a Sym,
    value: Expr,
}

impl Copy<'_> {
    fn of(&self, statement: &Alone) -> Alone {
        let mut copy = statement.clone();
        let replace = |s: &Sym| (s == self.param).then(|| self.value.clone());
        for m in copy.inputs.iter_mut().chain([&mut copy.output]) {
            m.data = self.scalars.get(&m.data).copied().unwrap_or(m.data);
            m.subset = m.subset.subs(&replace);
        }
        for code in copy.codes_mut() {
            code.subs(&replace);
        }
        copy
    }
}

/// Whether a statement reads and writes elements whose places are known.
fn plain(a: &Alone) -> bool {
    let mut points = a.inputs.iter().chain([&a.output]);
    a.tasklet.guard.is_none()
        && a.tasklet.index.is_none()
        && points.all(|m| m.subset.as_point().is_some() && !m.dynamic)
}

/// Whether an iteration of the loop needs what the one before has written.
fn is_chain(statements: &[Alone], var: &Sym, private: &BTreeSet<DataId>) -> bool {
    statements.iter().enumerate().any(|(k, writer)| {
        let out = &writer.output;
        if !out.subset.contains_sym(var) && !private.contains(&out.data) {
            // An element that all iterations change.
            return true;
        }
        if private.contains(&out.data) {
            // A variable is carried on where it is read before it is written, or added to and never reset.
            let before = statements[..=k]
                .iter()
                .any(|s| s.inputs.iter().any(|m| m.data == out.data));
            let reset = statements
                .iter()
                .any(|s| s.output.data == out.data && s.output.wcr.is_none());
            return before || !reset;
        }
        let mut reads = statements.iter().flat_map(|s| &s.inputs);
        reads.any(|m| m.data == out.data && m.subset != out.subset)
    })
}

fn operations(code: &Code) -> usize {
    let mut count = 0;
    code.visit(&mut |c| {
        count += usize::from(matches!(c, Code::Un(..) | Code::Bin(..) | Code::Select(..)));
    });
    count
}
