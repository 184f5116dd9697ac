//! How many operations a program executes and how many bytes it has to move at the least, as formulas over its sizes.
//!
//! An operation is an arithmetic operation on one element: addition, multiplication, division, root, minimum, elementary function… count as one, of
//! complex numbers as as many as they need of real ones. Comparisons, choices, conversions, copies and the arithmetic of indices do not count.
//!
//! The bytes are those that enter and leave a cache without limits: each element of an argument that is read before it is overwritten once, each
//! that is written or returned once (regions as boxes). No schedule moves less; one that moves more has not kept in its cache what it needed again.
//!
//! Ranges are taken as not empty, divisions of sizes as without rest, and of a branch the side with more work.

mod count;

pub use count::Count;

use super::coverage::{Coverage, may_leave};
use super::scope::facts_at;
use crate::diag::Span;
use crate::sdfg::{
    BinOp, Block, Code, DType, DataId, LibraryKind, LoopKind, Map, Memlet, Node, ParamKind, Region,
    Schedule, Sdfg, State, UnOp, accesses_of_region, propagate_map,
};
use crate::symbolic::{Dim, Expr, Facts, Range, Subset, Sym};
use petgraph::stable_graph::NodeIndex;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The work of a program.
#[derive(Clone, Debug)]
pub struct Work {
    /// None where the number of iterations depends on data.
    pub operations: Option<Count>,
    pub bytes: Count,
}

/// The work of a program as it stands.
pub fn work(sdfg: &Sdfg) -> Work {
    let mut sizes: BTreeSet<Sym> = sdfg.symbols.iter().cloned().collect();
    sizes.extend(sdfg.params.iter().filter_map(|p| match &p.kind {
        ParamKind::Symbol(s, _) => Some(s.clone()),
        ParamKind::Data(_) => None,
    }));
    Work {
        operations: of_region(sdfg, &sdfg.body).filter(|c| c.symbols().is_subset(&sizes)),
        bytes: bytes(sdfg, &sizes),
    }
}

fn bytes(sdfg: &Sdfg, sizes: &BTreeSet<Sym>) -> Count {
    let shapes: Vec<_> = sdfg.data.iter().map(|d| d.shape.clone()).collect();
    // Propagation is asked of a map without parameters around the program.
    let around = Map {
        name: String::new(),
        params: Vec::new(),
        ranges: Vec::new(),
        schedule: Schedule::Default,
        body: sdfg.body.clone(),
        explicit: false,
        span: Span::default(),
    };
    let (reads, writes) = propagate_map(&around, &shapes);
    let mut facts = Facts::new();
    sdfg.symbols.iter().for_each(|s| facts.size(s));
    let mut total = Count::default();
    for id in sdfg.ids().filter(|id| sdfg.is_visible(*id)) {
        let desc = sdfg.desc(id);
        if desc.is_scalar() {
            continue;
        }
        let size = desc.dtype.size() as f64;
        let volume_of = |m: Option<&Memlet>| {
            m.map_or_else(Count::default, |m| {
                volume(&Memlet::new(
                    id,
                    inside(&m.subset, &desc.shape, sizes, &facts),
                ))
            })
        };
        let written = volume_of(writes.get(&id));
        let mut moved = written.clone();
        if !desc.transient && !is_overwritten(sdfg, id) {
            let mut read = volume_of(reads.get(&id));
            if is_combined(sdfg, id) {
                read = read.larger(&written);
            }
            moved = moved.plus(&read);
        }
        total = total.plus(&moved.times(&Count::constant(size)));
    }
    total
}

/// A region as far as it surely lies in its array: a dimension that may leave it, or depends on data, may be all of it.
fn inside(subset: &Subset, shape: &[Expr], sizes: &BTreeSet<Sym>, facts: &Facts) -> Subset {
    let dims = subset.0.iter().zip(shape).map(|(dim, n)| {
        let (low, high) = dim.hull();
        let known = low.symbols().is_subset(sizes) && high.symbols().is_subset(sizes);
        if known && facts.is_nonneg(&low) && facts.is_nonneg(&(n - &high - 1)) {
            dim.clone()
        } else {
            Dim::Range(Range::upto(n.clone()))
        }
    });
    Subset(dims.collect())
}

/// Whether a write combines what is written with what is there.
fn is_combined(sdfg: &Sdfg, id: DataId) -> bool {
    let mut found = false;
    accesses_of_region(&sdfg.body, &mut |a| {
        found |= a.write && a.memlet.data == id && a.memlet.wcr.is_some();
    });
    found
}

/// Whether no element is read that the program has not written before.
fn is_overwritten(sdfg: &Sdfg, id: DataId) -> bool {
    let mut coverage = Coverage::new(id, facts_at(sdfg, &[]));
    coverage.blocks(&sdfg.body.blocks);
    !coverage.exposed()
}

fn volume(m: &Memlet) -> Count {
    m.subset
        .0
        .iter()
        .fold(Count::constant(1.0), |v, d| match d {
            Dim::Index(_) => v,
            Dim::Range(r) => v.times(&trips(r)),
        })
}

fn trips(range: &Range) -> Count {
    let span = Count::of(&(&range.end - &range.begin));
    match range.step.as_int() {
        Some(1) => span,
        Some(step) if step != 0 => span.times(&Count::constant(1.0 / step as f64)),
        _ => span.divided(&Count::of(&range.step)),
    }
}

fn of_region(sdfg: &Sdfg, region: &Region) -> Option<Count> {
    let mut total = Count::default();
    for block in &region.blocks {
        let here = match block {
            Block::State(state) => of_state(sdfg, state)?,
            Block::Loop(l) => {
                let LoopKind::For { var, range } = &l.kind else {
                    return None;
                };
                if may_leave(&l.body) {
                    return None;
                }
                of_region(sdfg, &whole_blocks(&l.body, var, range))?.summed(var, range)
            }
            Block::Branch(b) => {
                let cond = of_code(sdfg, &b.cond.code, &b.cond.inputs);
                let sides = of_region(sdfg, &b.then)?.larger(&of_region(sdfg, &b.otherwise)?);
                cond.plus(&sides)
            }
            Block::Assign(a) => of_code(sdfg, &a.value.code, &a.value.inputs),
            Block::Break | Block::Continue | Block::Return => Count::default(),
        };
        total = total.plus(&here);
    }
    Some(total)
}

/// The body of a loop over blocks, none of which sticks out at the end: `min(i + 128, N)` is `i + 128` where `i` goes in steps of 128 to `N`.
fn whole_blocks<'a>(body: &'a Region, var: &Sym, range: &Range) -> Cow<'a, Region> {
    if range.step.as_int().is_none_or(|s| s < 2) {
        return Cow::Borrowed(body);
    }
    let mut facts = Facts::new();
    facts.assume_nonneg(&(&range.end - &range.step) - &Expr::from(var));
    let mut body = body.clone();
    body.map_exprs(&mut |e| facts.simplify(e));
    Cow::Owned(body)
}

fn of_state(sdfg: &Sdfg, state: &State) -> Option<Count> {
    let mut total = Count::default();
    for node in state.computations() {
        let here = match &state.graph[node] {
            Node::Access(_) => continue,
            Node::Nested(_) => return None,
            Node::Map(map) => {
                let body = of_region(sdfg, &map.body)?;
                nest(&map.params, &map.ranges, body)
            }
            Node::Library(l) => library(sdfg, state, node, &l.kind)?,
            Node::Tasklet(t) => {
                let inputs: Vec<Memlet> = state.inputs(node).into_iter().cloned().collect();
                let mut sum = of_code(sdfg, &t.code, &inputs);
                if let Some(code) = &t.guard {
                    sum = sum.plus(&of_code(sdfg, code, &inputs));
                }
                sum.plus(&combination(sdfg, state, node))
            }
        };
        total = total.plus(&here);
    }
    Some(total)
}

/// A body in all iterations of a map.
fn nest(params: &[Sym], ranges: &[Range], body: Count) -> Count {
    params
        .iter()
        .zip(ranges)
        .rev()
        .fold(body, |sum, (p, r)| sum.summed(p, r))
}

/// The operations that combine the element that a tasklet writes with what is there. Its memlet may only bound where that is.
fn combination(sdfg: &Sdfg, state: &State, node: NodeIndex<u32>) -> Count {
    state
        .outputs(node)
        .into_iter()
        .filter_map(|m| {
            let op = m.wcr?.op();
            Some(Count::constant(binary(op, sdfg.desc(m.data).dtype)))
        })
        .fold(Count::default(), |a, b| a.plus(&b))
}

fn library(sdfg: &Sdfg, state: &State, node: NodeIndex<u32>, kind: &LibraryKind) -> Option<Count> {
    let (inputs, outputs) = (state.inputs(node), state.outputs(node));
    let (a, out) = (inputs.first()?, outputs.first()?);
    let dtype = sdfg.desc(out.data).dtype;
    let sizes: Vec<Count> = a.subset.shape().iter().map(Count::of).collect();
    let n = sizes.last()?;
    let cube = n.times(n).times(n);
    // A multiplication and an addition.
    let pair = binary(BinOp::Mul, dtype) + binary(BinOp::Add, dtype);
    let pairs = match kind {
        LibraryKind::MatMul { trans_a, .. } => {
            let summed = match sizes.len() {
                rank @ 2.. if *trans_a => &sizes[rank - 2],
                _ => n,
            };
            volume(out).times(summed)
        }
        LibraryKind::Solve => {
            let columns = inputs
                .get(1)?
                .subset
                .shape()
                .get(1)
                .map_or(Count::constant(1.0), Count::of);
            let factor = cube.times(&Count::constant(1.0 / 3.0));
            factor.plus(&n.times(n).times(&columns))
        }
        LibraryKind::Inv => cube,
        LibraryKind::Cholesky => cube.times(&Count::constant(1.0 / 6.0)),
        LibraryKind::ArgReduce { .. } => return Some(Count::default()),
    };
    Some(pairs.times(&Count::constant(pair)))
}

fn of_code(sdfg: &Sdfg, code: &Code, inputs: &[Memlet]) -> Count {
    let dtype = |k: usize| {
        inputs
            .get(k)
            .map_or(DType::Float64, |m| sdfg.desc(m.data).dtype)
    };
    Count::constant(operations(code, &dtype))
}

/// Operations of one evaluation.
fn operations(code: &Code, dtype: &dyn Fn(usize) -> DType) -> f64 {
    match code {
        // Indices are no data.
        Code::Const(_) | Code::Sym(_) | Code::In(_) | Code::Load(..) => 0.0,
        Code::Cast(_, a) => operations(a, dtype),
        Code::Un(op, a) => operations(a, dtype) + unary(*op, a.dtype(dtype)),
        Code::Bin(op, a, b) => {
            operations(a, dtype) + operations(b, dtype) + binary(*op, a.dtype(dtype))
        }
        Code::Select(c, a, b) => {
            operations(c, dtype) + operations(a, dtype).max(operations(b, dtype))
        }
    }
}

fn unary(op: UnOp, dtype: DType) -> f64 {
    match op {
        UnOp::Neg
        | UnOp::Not
        | UnOp::Invert
        | UnOp::Real
        | UnOp::Imag
        | UnOp::Conj
        | UnOp::IsNan
        | UnOp::IsInf
        | UnOp::IsFinite
        | UnOp::SignBit
        | UnOp::Sign => 0.0,
        // Two squares, their sum, and its root.
        UnOp::Abs if dtype.is_complex() => 4.0,
        UnOp::Abs => 0.0,
        _ => 1.0,
    }
}

fn binary(op: BinOp, dtype: DType) -> f64 {
    match op {
        op if op.is_comparison() => 0.0,
        BinOp::And | BinOp::Or | BinOp::Copysign => 0.0,
        BinOp::Add | BinOp::Sub if dtype.is_complex() => 2.0,
        BinOp::Mul if dtype.is_complex() => 6.0,
        // A product with the conjugate, a square, and two divisions.
        BinOp::Div if dtype.is_complex() => 11.0,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests;
