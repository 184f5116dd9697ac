//! An estimate of a map's work in nanoseconds, as an expression over sizes: enough to tell microseconds from milliseconds.

use super::emit::Emit;
use dace_core::sdfg::{
    BinOp, Block, Code, Library, LibraryKind, LoopKind, Map, Memlet, Node, Region, UnOp,
};
use dace_core::symbolic::{Expr, Range, Sym};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Trips of a loop of which nothing is known.
const UNKNOWN_TRIPS: f64 = 16.0;

/// Nanoseconds of one iteration, as a sum of products of a constant with trip counts.
struct Work {
    terms: Vec<(f64, Vec<TokenStream>)>,
}

/// The work of all iterations of a map.
pub(super) fn work(emit: &Emit, map: &Map) -> TokenStream {
    let mut scope: Vec<(Sym, Range)> = Vec::new();
    let mut trips = Vec::new();
    for (p, r) in map.params.iter().zip(&map.ranges) {
        trips.push(count(emit, r, &scope));
        scope.push((p.clone(), r.clone()));
    }
    let mut work = Work { terms: Vec::new() };
    region(emit, &map.body, &mut scope, &trips, &mut work);
    let mut sum: Option<TokenStream> = None;
    let mut constant = std::collections::BTreeMap::<String, (f64, Vec<TokenStream>)>::new();
    // Terms with the same trip counts are one.
    for (ns, trips) in work.terms {
        let key = trips
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("*");
        constant.entry(key).or_insert((0.0, trips)).0 += ns;
    }
    for (ns, trips) in constant.into_values() {
        let ns = Literal::f64_unsuffixed((ns * 100.0).round() / 100.0);
        let term = quote!(#ns #(* #trips)*);
        sum = Some(match sum {
            None => term,
            Some(s) => quote!(#s + #term),
        });
    }
    sum.unwrap_or_else(|| quote!(0.0))
}

/// The trips of a range as a float, with variables of the scope at the middle of their ranges.
fn count(emit: &Emit, range: &Range, scope: &[(Sym, Range)]) -> TokenStream {
    let step = range
        .step
        .as_int()
        .map_or(1.0, |s| s.unsigned_abs() as f64)
        .max(1.0);
    let Some(span) = middle(emit, &(&range.end - &range.begin), scope) else {
        let trips = Literal::f64_unsuffixed(UNKNOWN_TRIPS);
        return quote!(#trips);
    };
    if step == 1.0 {
        return span;
    }
    let step = Literal::f64_unsuffixed(step);
    quote!((#span / #step))
}

fn middle(emit: &Emit, e: &Expr, scope: &[(Sym, Range)]) -> Option<TokenStream> {
    for (sym, range) in scope.iter().rev() {
        if e.contains(sym) {
            let (a, b) = e.linear_in(sym)?;
            let (low, high) = (&a * &range.begin + b.clone(), &a * &range.end + b);
            let (low, high) = (middle(emit, &low, scope)?, middle(emit, &high, scope)?);
            return Some(quote!((0.5 * (#low + #high))));
        }
    }
    if let Some(v) = e.as_int() {
        let v = Literal::f64_unsuffixed(v.max(0) as f64);
        return Some(quote!(#v));
    }
    if e.symbols().iter().any(|s| emit.symbols.ident(s).is_none()) || !emit.symbols.fits(e) {
        return None;
    }
    let ts = emit.symbols.index(e).at(super::token::Prec::Atom);
    Some(quote!(#ts as f64)).map(|t| quote!((#t)))
}

fn region(
    emit: &Emit,
    r: &Region,
    scope: &mut Vec<(Sym, Range)>,
    trips: &[TokenStream],
    work: &mut Work,
) {
    for block in &r.blocks {
        match block {
            Block::State(state) => {
                for node in state.computations() {
                    match &state.graph[node] {
                        Node::Tasklet(t) => {
                            let ns = 0.06 * (1 + state.inputs(node).len()) as f64
                                + code(&t.code)
                                + t.guard.as_ref().map_or(0.0, code);
                            work.terms.push((ns, trips.to_vec()));
                        }
                        Node::Map(map) => {
                            let depth = scope.len();
                            let mut trips = trips.to_vec();
                            for (p, r) in map.params.iter().zip(&map.ranges) {
                                trips.push(count(emit, r, scope));
                                scope.push((p.clone(), r.clone()));
                            }
                            region(emit, &map.body, scope, &trips, work);
                            scope.truncate(depth);
                        }
                        Node::Library(l) => {
                            library(emit, l, &state.inputs(node), scope, trips, work);
                        }
                        Node::Nested(_) => work.terms.push((1000.0, trips.to_vec())),
                        Node::Access(_) => {}
                    }
                }
            }
            Block::Loop(l) => {
                let depth = scope.len();
                let mut trips = trips.to_vec();
                match &l.kind {
                    LoopKind::For { var, range } => {
                        trips.push(count(emit, range, scope));
                        scope.push((var.clone(), range.clone()));
                    }
                    LoopKind::While { .. } => {
                        let n = Literal::f64_unsuffixed(UNKNOWN_TRIPS);
                        trips.push(quote!(#n));
                    }
                }
                region(emit, &l.body, scope, &trips, work);
                scope.truncate(depth);
            }
            Block::Branch(b) => {
                region(emit, &b.then, scope, trips, work);
                region(emit, &b.otherwise, scope, trips, work);
            }
            Block::Assign(a) => work.terms.push((0.5 + code(&a.value.code), trips.to_vec())),
            Block::Break | Block::Continue | Block::Return => {}
        }
    }
}

fn library(
    emit: &Emit,
    l: &Library,
    inputs: &[&Memlet],
    scope: &[(Sym, Range)],
    trips: &[TokenStream],
    work: &mut Work,
) {
    let mut trips = trips.to_vec();
    let sizes = |k: usize| inputs.get(k).map(|m| m.subset.shape()).unwrap_or_default();
    let mut all = sizes(0);
    match l.kind {
        LibraryKind::MatMul { trans_b, .. } => {
            let b = sizes(1);
            if b.len() > 1 {
                all.push(if trans_b {
                    b[b.len() - 2].clone()
                } else {
                    b[b.len() - 1].clone()
                });
            }
        }
        LibraryKind::Solve | LibraryKind::Inv | LibraryKind::Cholesky => {
            all.extend(all.first().cloned());
        }
        LibraryKind::ArgReduce { .. } => {}
    }
    trips.extend(
        all.iter()
            .map(|n| middle(emit, n, scope).unwrap_or_else(|| quote!(16.0))),
    );
    work.terms.push((0.3, trips));
}

/// Nanoseconds of one evaluation, vectorised.
pub(super) fn code(c: &Code) -> f64 {
    let own = match c {
        Code::Const(_) | Code::Sym(_) | Code::In(_) => 0.0,
        Code::Cast(..) => 0.05,
        Code::Load(..) => 0.8,
        Code::Un(op, _) => match op {
            UnOp::Neg
            | UnOp::Not
            | UnOp::Invert
            | UnOp::Abs
            | UnOp::Real
            | UnOp::Imag
            | UnOp::Conj => 0.02,
            UnOp::Sqrt => 0.6,
            UnOp::Exp | UnOp::Exp2 | UnOp::Log | UnOp::Log2 | UnOp::Log10 => 1.2,
            _ => 2.5,
        },
        Code::Bin(op, ..) => match op {
            BinOp::Div => 0.4,
            BinOp::FloorDiv | BinOp::Mod | BinOp::Fmod => 4.0,
            BinOp::Pow | BinOp::Atan2 | BinOp::Hypot => 5.0,
            _ => 0.03,
        },
        Code::Select(..) => 0.1,
    };
    own + c.children().into_iter().map(code).sum::<f64>()
}
