//! Merges loops that run in order over one range and read the same data.
//!
//! ```text
//! for i in 0:N { if m[i] { a[p] = a[i]; p = p + 1 } }      for i in 0:N {
//! for j in 0:N { if m[j] { b[q] = b[j]; q = q + 1 } }  →       if m[i] { a[p] = a[i]; p = p + 1; b[q] = b[i]; q = q + 1 }
//!                                                          }
//! ```
//!
//! Only loops whose iterations depend on each other are left as loops when this runs. An element that both read is read once, and one
//! condition decides for both. What the second loop uses of the first's, or overwrites, must be of the same iteration or of an earlier one.

use super::common::{Footprint, defined_symbols, disjoint, shapes, walk};
use super::map_fusion::{hidden, implied, in_conflict};
use crate::analysis::coverage::may_leave;
use crate::pipeline::Options;
use crate::sdfg::{Block, Loop, LoopKind, Map, Node, Region, Schedule, Sdfg, accesses_of_region};
use crate::symbolic::{Expr, Facts, Range, Sym};
use std::collections::BTreeMap;

/// Returns how many pairs of loops it merged.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let shapes = shapes(sdfg);
    let everywhere = occurrences(&sdfg.body);
    let mut changes = 0;
    walk(sdfg, &mut |_, region, facts, _| {
        let prints: Vec<Footprint> = region
            .blocks
            .iter()
            .map(|b| Footprint::of(b, &shapes))
            .collect();
        let steady = |block: &Block| variable_stays_inside(block, &everywhere);
        changes += merge_loops(region, prints, facts, &shapes, &steady);
    });
    changes
}

/// In how many expressions each symbol occurs.
fn occurrences(region: &Region) -> BTreeMap<Sym, usize> {
    let mut counts = BTreeMap::new();
    region.clone().map_exprs(&mut |e| {
        for s in e.symbols() {
            *counts.entry(s).or_insert(0) += 1;
        }
        e.clone()
    });
    counts
}

/// The loop's variable, which keeps its last value as in Python, is not used after the loop.
fn variable_stays_inside(block: &Block, everywhere: &BTreeMap<Sym, usize>) -> bool {
    simple(block).is_some_and(|(var, _, body)| occurrences(body).get(var) == everywhere.get(var))
}

fn merge_loops(
    region: &mut Region,
    mut prints: Vec<Footprint>,
    facts: &Facts,
    shapes: &[Vec<Expr>],
    steady: &dyn Fn(&Block) -> bool,
) -> usize {
    let mut changes = 0;
    let mut i = 0;
    while i < region.blocks.len() {
        let partner = (i + 1..region.blocks.len())
            .take_while(|j| !prints[*j].jumps)
            .find(|&j| {
                may_merge(&region.blocks[i], &region.blocks[j], facts)
                    && shares(&prints[i], &prints[j], shapes)
                    && steady(&region.blocks[j])
                    && prints[i + 1..j]
                        .iter()
                        .all(|between| between.commutes(&prints[i], facts))
            });
        let Some(j) = partner else {
            i += 1;
            continue;
        };
        // The first moves down to the second: start values of the second's accumulators stand between them.
        let first = region.blocks.remove(i);
        prints.remove(i);
        let at = j - 1;
        let second = std::mem::replace(&mut region.blocks[at], Block::Break);
        region.blocks[at] = merge(first, second);
        prints[at] = Footprint::of(&region.blocks[at], shapes);
        changes += 1;
    }
    changes
}

/// A loop over a range, of statements and branches only, that runs to its end.
fn simple(block: &Block) -> Option<(&Sym, &Range, &Region)> {
    let Block::Loop(Loop {
        kind: LoopKind::For { var, range },
        body,
        ..
    }) = block
    else {
        return None;
    };
    (straight(body) && !may_leave(body)).then_some((var, range, body))
}

fn straight(body: &Region) -> bool {
    body.blocks.iter().all(|block| match block {
        Block::State(state) => state
            .graph
            .node_weights()
            .all(|node| matches!(node, Node::Access(_) | Node::Tasklet(_))),
        Block::Branch(b) => straight(&b.then) && straight(&b.otherwise),
        Block::Assign(_) => true,
        _ => false,
    })
}

/// Proved that the iterations of two loops may take turns.
fn may_merge(first: &Block, second: &Block, facts: &Facts) -> bool {
    let (Some((var_a, range_a, body_a)), Some((var_b, range_b, body_b))) =
        (simple(first), simple(second))
    else {
        return false;
    };
    let equal = range_a.step == range_b.step
        && range_a.step.as_int().is_some_and(|s| s > 0)
        && facts.eq(&range_a.begin, &range_b.begin)
        && facts.eq(&range_a.end, &range_b.end);
    if !equal {
        return false;
    }
    let (a, b) = (
        as_map(var_a, range_a, body_a),
        as_map(var_b, range_b, body_b),
    );
    let mut inner = defined_symbols(&a.body);
    inner.extend(defined_symbols(&b.body));
    let (mut accesses_a, mut accesses_b) = (Vec::new(), Vec::new());
    accesses_of_region(&a.body, &mut |x| accesses_a.push(x));
    accesses_of_region(&b.body, &mut |x| accesses_b.push(x));
    accesses_a.iter().all(|x| {
        accesses_b.iter().all(|y| {
            !in_conflict(x, y)
                || disjoint(&hidden(&a, x), &hidden(&b, y), facts)
                // The second touches in iteration i + offset what the first touched in iteration i.
                || implied(&a, &b, x, y, &inner)
                    .iter()
                    .any(|m| facts.is_nonneg(&m.offset))
        })
    })
}

/// The loop's iterations as those of a map, for questions about what they touch.
fn as_map(var: &Sym, range: &Range, body: &Region) -> Map {
    Map {
        name: String::new(),
        params: vec![var.clone()],
        ranges: vec![range.clone()],
        schedule: Schedule::Sequential,
        body: body.clone(),
        explicit: false,
        span: crate::diag::Span::default(),
    }
}

/// Both read some array.
fn shares(a: &Footprint, b: &Footprint, shapes: &[Vec<Expr>]) -> bool {
    a.reads
        .keys()
        .any(|d| b.reads.contains_key(d) && !shapes[d.0 as usize].is_empty())
}

fn merge(mut first: Block, second: Block) -> Block {
    if let (Block::Loop(a), Block::Loop(mut b)) = (&mut first, second)
        && let (LoopKind::For { var, .. }, LoopKind::For { var: other, .. }) = (&a.kind, &b.kind)
    {
        b.body.subs(&|s| (s == other).then(|| Expr::from(var)));
        a.body.blocks.append(&mut b.body.blocks);
        unite_branches(&mut a.body);
    }
    first
}

/// Makes one branch of neighbours that ask the same, if the first does not change the answer.
fn unite_branches(region: &mut Region) {
    let mut k = 1;
    while k < region.blocks.len() {
        let (before, after) = region.blocks.split_at_mut(k);
        if let (Some(Block::Branch(a)), Some(Block::Branch(b))) =
            (before.last_mut(), after.first_mut())
            && a.cond.code == b.cond.code
            && a.cond.inputs == b.cond.inputs
            && !changes_condition(a)
        {
            a.then.blocks.append(&mut b.then.blocks);
            a.otherwise.blocks.append(&mut b.otherwise.blocks);
            region.blocks.remove(k);
        } else {
            k += 1;
        }
    }
}

fn changes_condition(branch: &crate::sdfg::Branch) -> bool {
    let mut changes = false;
    for side in [&branch.then, &branch.otherwise] {
        accesses_of_region(side, &mut |x| {
            changes |= x.write && branch.cond.inputs.iter().any(|m| m.data == x.memlet.data);
        });
        // Symbols that it asks for are defined before it.
        changes |= !defined_symbols(side).is_empty();
    }
    changes
}
