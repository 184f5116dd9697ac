//! Makes matrix products of the vector-matrix products in a map.
//!
//! ```text
//! map i in 0:M {                               for b in 0:M:128 {
//!     v[0:M - i] = A[0:N, i] @ A[0:N, i:M]         P[0:n, 0:M - b] = A[0:N, b:b + n].T @ A[0:N, b:M]
//!     …                                    →       map i in b:b + n {
//! }                                                    map j in 0:M - i { v[j] = P[i - b, j + i - b] }
//!                                                      …
//!                                              } }
//! ```
//!
//! A product with a vector reads its matrix for two operations per element; one with a block of vectors reads it once for all of
//! them. Where the part of the matrix depends on the iteration, the block takes the hull of its iterations' parts: proved to lie inside the
//! container, since each end of the hull is an end of some iteration's part. Under strict floating point, sums keep their order and this does not apply.

use super::common::{AloneLibrary, all_symbols, as_map, defined_symbols, fresh, walk};
use crate::pipeline::Options;
use crate::sdfg::{
    Block, Code, DType, LibraryKind, Loop, LoopKind, Map, Memlet, Region, Schedule, Sdfg, State,
    Tasklet,
};
use crate::symbolic::{Dim, Expr, Facts, Range, Subset, Sym};
use std::collections::BTreeSet;

/// Rows of a block: enough for the matrix product to run at its full speed, few enough for its result to stay in the cache.
const BLOCK: i64 = 128;
/// Maps with fewer iterations gain nothing.
const FEW: i64 = 4;

/// Returns how many products it batched.
pub fn run(sdfg: &mut Sdfg, options: &Options) -> usize {
    if options.strict_fp {
        return 0;
    }
    let mut taken = all_symbols(sdfg);
    let mut changes = 0;
    walk(sdfg, &mut |sdfg, region, facts, _| {
        for block in &mut region.blocks {
            let Some(plan) = as_map(block).and_then(|map| plan(sdfg, map, facts)) else {
                continue;
            };
            if let Some(batched) = apply(sdfg, block, &plan, facts, &mut taken) {
                *block = batched;
                changes += 1;
            }
        }
    });
    changes
}

/// The product at block `at` of a map's body: `out = vector @ matrix`, the matrix transposed or not.
struct Plan {
    at: usize,
    vector: Memlet,
    /// The dimension of the vector's container that the map's parameter selects.
    selected: usize,
    matrix: Memlet,
    transposed: bool,
    /// The dimension of the matrix's container that the result runs along.
    free: usize,
    out: Memlet,
    dtype: DType,
}

fn plan(sdfg: &Sdfg, map: &Map, facts: &Facts) -> Option<Plan> {
    let ([param], [range]) = (map.params.as_slice(), map.ranges.as_slice()) else {
        return None;
    };
    let few = range.count().as_int().is_some_and(|n| n < FEW);
    if map.schedule != Schedule::Default || range.step.as_int() != Some(1) || few {
        return None;
    }
    let mut facts = facts.clone();
    super::common::assume_map(&mut facts, map);
    (0..map.body.blocks.len()).find_map(|at| product(sdfg, map, at, param, &facts))
}

fn product(sdfg: &Sdfg, map: &Map, at: usize, param: &Sym, facts: &Facts) -> Option<Plan> {
    let library = AloneLibrary::of(&map.body.blocks[at])?;
    let (LibraryKind::MatMul { trans_a, trans_b }, [a, b], [out]) = (
        &library.library.kind,
        library.inputs.as_slice(),
        library.outputs.as_slice(),
    ) else {
        return None;
    };
    // `A @ x` is `x @ A.T`.
    let rank = |m: &Memlet| m.subset.shape().len();
    let (vector, matrix, transposed) = match (rank(a), rank(b)) {
        (1, 2) => (a, b, *trans_b),
        (2, 1) => (b, a, !*trans_a),
        _ => return None,
    };
    let ranges: Vec<usize> = ranges_of(&matrix.subset);
    let free = match ranges.as_slice() {
        [first, _] if transposed => *first,
        [_, second] => *second,
        _ => return None,
    };
    let local = defined_symbols(&map.body);
    let fixed = |m: &Memlet| !local.iter().any(|s| m.subset.contains_sym(s));
    if out.wcr.is_some() || out.dynamic || ![vector, matrix, out].iter().all(|m| fixed(m)) {
        return None;
    }
    // Each iteration takes another vector, of one length.
    let mut selected = None;
    for (k, dim) in vector.subset.0.iter().enumerate() {
        match dim {
            Dim::Index(e) if e.contains(param) => {
                let unit = e
                    .linear_in(param)
                    .is_some_and(|(c, _)| c.as_int() == Some(1));
                let size = &sdfg.desc(vector.data).shape[k];
                let inside = facts.is_nonneg(e) && facts.lt(e, size);
                if !unit || !inside || selected.replace(k).is_some() {
                    return None;
                }
            }
            Dim::Index(_) => {}
            Dim::Range(r) if r.contains_sym(param) => return None,
            Dim::Range(_) => {}
        }
    }
    for (k, dim) in matrix.subset.0.iter().enumerate() {
        let depends = match dim {
            Dim::Index(e) => e.contains(param),
            Dim::Range(r) => r.contains_sym(param),
        };
        if depends && (k != free || !steady(dim, param, &sdfg.desc(matrix.data).shape[k], facts)) {
            return None;
        }
    }
    // The operands are what they were before the map.
    let mut untouched = true;
    crate::sdfg::accesses_of_region(&map.body, &mut |x| {
        untouched &= !x.write || (x.memlet.data != vector.data && x.memlet.data != matrix.data);
    });
    untouched.then(|| {
        Some(Plan {
            at,
            vector: vector.clone(),
            selected: selected?,
            matrix: matrix.clone(),
            transposed,
            free,
            out: out.clone(),
            dtype: sdfg.desc(out.data).dtype,
        })
    })?
}

fn ranges_of(subset: &Subset) -> Vec<usize> {
    let dims = subset.0.iter().enumerate();
    dims.filter(|(_, d)| matches!(d, Dim::Range(_)))
        .map(|(k, _)| k)
        .collect()
}

/// Whether both ends of a range move with the parameter at a fixed pace, and stay inside the container.
fn steady(dim: &Dim, param: &Sym, size: &Expr, facts: &Facts) -> bool {
    let Dim::Range(r) = dim else {
        return false;
    };
    let pace = |e: &Expr| e.linear_in(param).and_then(|(c, _)| c.as_int());
    r.step.as_int() == Some(1)
        && pace(&r.begin).is_some()
        && pace(&r.end).is_some()
        && facts.is_nonneg(&r.begin)
        && facts.le(&r.end, size)
}

fn apply(
    sdfg: &mut Sdfg,
    block: &Block,
    plan: &Plan,
    facts: &Facts,
    taken: &mut BTreeSet<Sym>,
) -> Option<Block> {
    let map = as_map(block)?;
    let (param, range) = (&map.params[0], &map.ranges[0]);
    let span = map.span;
    let first = fresh(&Sym::new(&format!("{param}_block")), taken);
    let begin = Expr::from(&first);
    let end = (&begin + BLOCK).minimum(&range.end);
    // What is known in a block, and in an iteration.
    let mut facts = facts.clone();
    super::common::assume_in(&mut facts, &first, range);
    let in_block = facts.clone();
    super::common::assume_in(&mut facts, param, range);
    let (at_first, at_last) = (
        |e: &Expr| e.subs_one(param, &begin),
        |e: &Expr| e.subs_one(param, &(&end - 1)),
    );
    // All vectors of the block.
    let mut vectors = plan.vector.clone();
    if let Dim::Index(e) = &plan.vector.subset.0[plan.selected] {
        vectors.subset.0[plan.selected] = Dim::Range(Range::new(at_first(e), &at_last(e) + 1, 1));
    }
    let trans_a = ranges_of(&vectors.subset).first() != Some(&plan.selected);
    // All that one of them meets of the matrix.
    let Dim::Range(part) = &plan.matrix.subset.0[plan.free] else {
        return None;
    };
    let falls = |e: &Expr| {
        e.linear_in(param)
            .and_then(|(c, _)| c.as_int())
            .is_some_and(|c| c < 0)
    };
    let lowest = |e: &Expr| if falls(e) { at_last(e) } else { at_first(e) };
    let highest = |e: &Expr| if falls(e) { at_first(e) } else { at_last(e) };
    let hull = Range::new(lowest(&part.begin), highest(&part.end), part.step.clone());
    let mut matrix = plan.matrix.clone();
    matrix.subset.0[plan.free] = Dim::Range(hull.clone());
    // The result, for any of the blocks.
    let over_map = |e: &Expr, low: bool| {
        let last = &range.end - 1;
        let bound = if falls(e) == low { &last } else { &range.begin };
        e.subs_one(param, bound)
    };
    let widest = Range::new(
        over_map(&part.begin, true),
        over_map(&part.end, false),
        part.step.clone(),
    )
    .count();
    let rows = range.count().minimum(&Expr::int(BLOCK));
    let name = format!("{}_block", sdfg.desc(plan.out.data).name);
    let result = sdfg.add_transient(&name, plan.dtype, vec![rows, widest]);
    let whole = Subset(vec![
        Dim::Range(Range::upto(&end - &begin)),
        Dim::Range(Range::upto(in_block.simplify(&hull.count()))),
    ]);
    let mut library = AloneLibrary::of(&map.body.blocks[plan.at])?;
    library.library.kind = LibraryKind::MatMul {
        trans_a,
        trans_b: plan.transposed,
    };
    library.inputs = vec![vectors, matrix];
    library.outputs = vec![Memlet::new(result, whole)];
    // Each iteration takes its part.
    let j = fresh(&Sym::new("j"), taken);
    let position = ranges_of(&plan.out.subset);
    let [position] = position.as_slice() else {
        return None;
    };
    let Dim::Range(target) = &plan.out.subset.0[*position] else {
        return None;
    };
    let count = facts.simplify(&target.count());
    let mut to = plan.out.clone();
    to.subset.0[*position] = Dim::Index(&target.begin + &(&target.step * &Expr::from(&j)));
    let from = Subset::point([
        &Expr::from(param) - &begin,
        &(&Expr::from(&j) + &part.begin) - &hull.begin,
    ]);
    let copy = Tasklet::new("copy", Code::In(0), span);
    let mut map = map.clone();
    map.ranges[0] = Range::new(begin.clone(), end.clone(), 1);
    map.body.blocks[plan.at] = Block::State(State::of_map(Map {
        name: j.as_str().to_owned(),
        params: vec![j],
        ranges: vec![Range::upto(count)],
        schedule: Schedule::Default,
        body: Region::new(vec![Block::State(State::of_tasklet(
            copy,
            vec![Memlet::new(result, from)],
            to,
        ))]),
        explicit: false,
        span,
    }));
    Some(Block::Loop(Loop {
        kind: LoopKind::For {
            var: first,
            range: Range::new(range.begin.clone(), range.end.clone(), BLOCK),
        },
        body: Region::new(vec![library.into_block(), Block::State(State::of_map(map))]),
        span,
    }))
}
