//! Reads a matrix once for several products with vectors, or for one and the map that makes or uses it.
//!
//! ```text
//! u = A @ x                              u[:] = 0; z[:] = 0
//! z = u @ A                              map i {
//!                                            map j { u[i] += A[i, j] * x[j] }
//!                                            map j { z[j] += u[i] * A[i, j] }
//!                                        }
//! ```
//!
//! A product of a matrix with a vector takes as long as reading the matrix. Products with one matrix become maps over its rows and columns when those
//! may become one map over the rows: when the second needs of the first nothing but what the same row gives. Each row is then read from memory once, and
//! from the cache by the others. A product that has no such neighbour stays a library operation.

use super::common::{AloneLibrary, Footprint, all_symbols, as_map, compose, fresh, shapes, walk};
use super::map_fusion::{Match, matching, may_be_outer, merge};
use crate::diag::Span;
use crate::pipeline::Options;
use crate::sdfg::{
    BinOp, Block, Code, DType, LibraryKind, Map, Memlet, Region, Schedule, Sdfg, State, Tasklet,
    Wcr, accesses_of_region,
};
use crate::symbolic::{Dim, Expr, Facts, Range, Subset, Sym};
use std::collections::BTreeSet;

/// Returns how many products it merged with something.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let shapes = shapes(sdfg);
    let mut taken = all_symbols(sdfg);
    let mut changes = 0;
    walk(sdfg, &mut |sdfg, region, facts, _| {
        // One of the two is a product.
        if !region.blocks.iter().any(|b| Product::of(b, sdfg).is_some()) {
            return;
        }
        let mut i = 0;
        while i < region.blocks.len() {
            if fuse_with_later(sdfg, region, i, &shapes, facts, &mut taken) {
                changes += 1;
            } else {
                i += 1;
            }
        }
    });
    changes
}

/// A product of a matrix with a vector.
struct Product {
    matrix: Memlet,
    vector: Memlet,
    /// The sum runs over the rows of the matrix.
    over_rows: bool,
    out: Memlet,
    dtype: DType,
    span: Span,
}

impl Product {
    fn of(block: &Block, sdfg: &Sdfg) -> Option<Self> {
        let node = AloneLibrary::of(block)?;
        let LibraryKind::MatMul { trans_a, trans_b } = node.library.kind else {
            return None;
        };
        let ([a, b], [out]) = (node.inputs.as_slice(), node.outputs.as_slice()) else {
            return None;
        };
        let (matrix, vector, over_rows) = match (dims(a), dims(b)) {
            (2, 1) => (a, b, trans_a),
            (1, 2) => (b, a, !trans_b),
            _ => return None,
        };
        let dtype = sdfg.desc(out.data).dtype;
        (dtype != DType::Bool && matrix.data != out.data && vector.data != out.data).then(|| Self {
            matrix: matrix.clone(),
            vector: vector.clone(),
            over_rows,
            out: out.clone(),
            dtype,
            span: node.library.span,
        })
    }

    /// The map that clears the result, and the map over rows and columns that accumulates it.
    fn expand(&self, facts: &Facts, taken: &mut BTreeSet<Sym>) -> Option<(Option<Block>, Block)> {
        let [rows, columns] = sizes(&self.matrix, facts).try_into().ok()?;
        let [row, column] = ["row", "column"].map(|name| fresh(&Sym::new(name), taken));
        let (kept, summed) = if self.over_rows {
            (&column, &row)
        } else {
            (&row, &column)
        };
        let element = |m: &Memlet, at: &[&Sym]| {
            let at = Subset::point(at.iter().map(|s| Expr::from(*s)));
            compose(&m.subset, &at).map(|subset| Memlet::new(m.data, subset))
        };
        let map = |name: &str, params: Vec<Sym>, sizes: Vec<Expr>, body: State| {
            Block::State(State::of_map(Map {
                name: name.to_owned(),
                params,
                ranges: sizes.into_iter().map(Range::upto).collect(),
                schedule: Schedule::Default,
                body: Region::new(vec![Block::State(body)]),
                explicit: false,
                span: self.span,
            }))
        };
        let clear = if self.out.wcr.is_none() {
            let at = fresh(&Sym::new("at"), taken);
            let zero = Code::Const(crate::sdfg::Const::zero(self.dtype));
            let body = State::of_tasklet(
                Tasklet::new("zero", zero, self.span),
                Vec::new(),
                element(&self.out, &[&at])?,
            );
            let [size] = sizes(&self.out, facts).try_into().ok()?;
            Some(map("zero", vec![at], vec![size], body))
        } else {
            None
        };
        let times = Code::bin(BinOp::Mul, Code::In(0), Code::In(1));
        let body = State::of_tasklet(
            Tasklet::new("product", times, self.span),
            vec![
                element(&self.matrix, &[&row, &column])?,
                element(&self.vector, &[summed])?,
            ],
            element(&self.out, &[kept])?.with_wcr(Wcr::Sum),
        );
        let sum = map("product", vec![row, column], vec![rows, columns], body);
        Some((clear, sum))
    }
}

/// Sizes of a region, without a test for negative ones where there are none.
fn sizes(m: &Memlet, facts: &Facts) -> Vec<Expr> {
    let size = |d: &Dim| match d {
        Dim::Range(r) => {
            let span = &r.end - &r.begin;
            let plain = r.step.as_int() == Some(1) && facts.is_nonneg(&span);
            Some(if plain { span } else { r.count() })
        }
        Dim::Index(_) => None,
    };
    m.subset.0.iter().filter_map(size).collect()
}

/// Rank of a region.
fn dims(m: &Memlet) -> usize {
    m.subset
        .0
        .iter()
        .filter(|d| matches!(d, Dim::Range(_)))
        .count()
}

/// Merges the block at `i` with the next one with which it may share a matrix.
fn fuse_with_later(
    sdfg: &Sdfg,
    region: &mut Region,
    i: usize,
    shapes: &[Vec<Expr>],
    facts: &Facts,
    taken: &mut BTreeSet<Sym>,
) -> bool {
    let first = Product::of(&region.blocks[i], sdfg);
    if first.is_none() && as_map(&region.blocks[i]).is_none() {
        return false;
    }
    let print_first = Footprint::of(&region.blocks[i], shapes);
    let mut between: Vec<Footprint> = Vec::new();
    for j in i + 1..region.blocks.len() {
        let print = Footprint::of(&region.blocks[j], shapes);
        if print.jumps {
            return false;
        }
        let second = Product::of(&region.blocks[j], sdfg);
        let shares = match (&first, &second) {
            (Some(a), Some(b)) => a.matrix == b.matrix,
            (Some(p), None) => uses_rows(&region.blocks[j], &p.matrix, facts),
            (None, Some(p)) => uses_rows(&region.blocks[i], &p.matrix, facts),
            (None, None) => false,
        };
        if !shares {
            between.push(print);
            continue;
        }
        // The second moves up to the first, or the first down to the second, and what clears the second's result to before both.
        let up = between.iter().all(|p| p.commutes(&print, facts));
        let down = between.iter().all(|p| p.commutes(&print_first, facts));
        let clearable = second
            .as_ref()
            .is_none_or(|p| !print_first.touches(p.out.data));
        if (up || down)
            && clearable
            && let Some((clear, block)) = fused(
                (&first, &region.blocks[i]),
                (&second, &region.blocks[j]),
                facts,
                taken,
            )
        {
            let merged = clear.into_iter().chain([block]);
            if up {
                region.blocks.remove(j);
                region.blocks.splice(i..=i, merged);
            } else {
                region.blocks.splice(j..=j, merged);
                region.blocks.remove(i);
            }
            return true;
        }
        between.push(print);
    }
    false
}

/// Whether a map goes over the rows and columns of a matrix, the columns inside.
fn uses_rows(block: &Block, matrix: &Memlet, facts: &Facts) -> bool {
    let Some(map) = as_map(block) else {
        return false;
    };
    let [row, .., column] = map.params.as_slice() else {
        return false;
    };
    let mut found = false;
    accesses_of_region(&map.body, &mut |a| {
        let (Some(at), Some(from)) = (a.memlet.subset.as_point(), ends(matrix)) else {
            return;
        };
        if a.memlet.data == matrix.data
            && let [y, x] = at.as_slice()
        {
            let is = |e: &Expr, p: &Sym, k: usize| {
                e.linear_in(p)
                    .is_some_and(|(c, rest)| c.as_int() == Some(1) && rest == from[k])
            };
            found |= map.params.len() == 2 && is(y, row, 0) && is(x, column, 1);
        }
    });
    let sizes = matrix.subset.shape();
    found
        && map.ranges.iter().zip(&sizes).all(|(r, n)| {
            r.step.as_int() == Some(1) && facts.eq(&r.begin, &Expr::zero()) && facts.eq(&r.end, n)
        })
}

/// Where the rows and columns of a whole two-dimensional region begin.
fn ends(matrix: &Memlet) -> Option<[Expr; 2]> {
    let begin = |d: &Dim| match d {
        Dim::Range(r) if r.step.as_int() == Some(1) => Some(r.begin.clone()),
        _ => None,
    };
    match matrix.subset.0.as_slice() {
        [rows, columns] => Some([begin(rows)?, begin(columns)?]),
        _ => None,
    }
}

/// What clears the results, and the merged map.
fn fused(
    first: (&Option<Product>, &Block),
    second: (&Option<Product>, &Block),
    facts: &Facts,
    taken: &mut BTreeSet<Sym>,
) -> Option<(Vec<Block>, Block)> {
    let mut clear = Vec::new();
    let mut expand = |product: &Option<Product>, block: &Block| {
        let Some(product) = product else {
            return Some(block.clone());
        };
        let (zero, sum) = product.expand(facts, taken)?;
        clear.extend(zero);
        Some(sum)
    };
    let mut a = expand(first.0, first.1)?;
    let b = expand(second.0, second.1)?;
    let (map_a, map_b) = (as_map(&a)?, as_map(&b)?);
    let rows = matching(map_a, map_b, facts)
        .ok()?
        .into_iter()
        .find(|m| m.a == 0 && m.b == 0)?;
    if !(may_go_by_rows(map_a, first.0.as_ref()) && may_go_by_rows(map_b, second.0.as_ref())) {
        return None;
    }
    let matches: Vec<Match> = vec![rows];
    merge(&mut a, b, &matches);
    Some((clear, a))
}

/// Whether the rows may be the outer loop, with sums over them kept by each thread for itself.
fn may_go_by_rows(map: &Map, product: Option<&Product>) -> bool {
    let row = &map.params[..1];
    product.is_some_and(|p| p.over_rows) || may_be_outer(map, &row[0], row)
}
