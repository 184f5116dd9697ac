//! Updates that keep the iterations of a loop in order become writes with a conflict resolution.
//!
//! ```text
//! for i in range(N):                      for i in range(N):
//!     s = s + a[i] * b[i]             →       s += a[i] * b[i]        (Sum on the memlet)
//!     if c[i] > 0:                            if c[i] > 0:
//!         m = max(m, c[i])                        m max= c[i]
//! ```
//!
//! The update's operator is associative and commutative, its other operands do not read what is updated, and nothing
//! else in the loop touches it: whether that is so is what the dependence analysis says of the loop after the rewrite. A loop whose
//! iterations are still ordered after it is left as it was. Sums and products of floats change the order of their terms,
//! so they stay under `strict_fp`. Python's `max(a, b)` is `b if b > a else a`; of floats it lets a NaN pass or win by
//! its position, unlike any commutative operation, so selections count as minimum and maximum for integers only.
//!
//! In loops only updates of elements that are the same for all iterations count (`s`, or `C[i, j]` in a loop over `k`):
//! for others, as `C[j] += …` in a loop over `i` with `j` inside, the inner loop is the better one to run at once. In maps written
//! by the user every update counts.

use crate::analysis::parallel::{Obstacle, Scope, plan};
use crate::analysis::scope::{Step, bodies, defined_symbols, region_at, region_at_mut};
use crate::pipeline::Options;
use crate::sdfg::{
    BinOp, Block, Code, DType, DataId, Memlet, Node, Region, Sdfg, State, UnOp, Wcr, propagate,
};
use petgraph::Direction::Incoming;
use petgraph::stable_graph::NodeIndex;
use petgraph::visit::EdgeRef;
use std::collections::BTreeSet;

/// Rewrites in loops and explicit maps, inner ones first. Returns how many updates were rewritten.
pub fn run(sdfg: &mut Sdfg, options: &Options) -> usize {
    rewrite_all(sdfg, options.strict_fp, true)
}

/// Rewrites in explicit maps only, which need it to be correct. Their iterations have no order that `strict_fp` could keep.
pub fn run_explicit(sdfg: &mut Sdfg, _options: &Options) -> usize {
    rewrite_all(sdfg, true, false)
}

fn rewrite_all(sdfg: &mut Sdfg, strict_fp: bool, loops: bool) -> usize {
    let mut changes = 0;
    for path in bodies(&sdfg.body) {
        changes += match Scope::at(sdfg, &path) {
            Some(Scope::For { .. }) if loops => in_loop(sdfg, &path, strict_fp),
            Some(Scope::Map(map)) if map.explicit => in_map(sdfg, &path),
            _ => 0,
        };
    }
    if changes > 0 {
        propagate(sdfg);
    }
    changes
}

/// All conflicts must go, else nothing is changed.
fn in_loop(sdfg: &mut Sdfg, path: &[Step], strict_fp: bool) -> usize {
    let Err(Obstacle::Conflicts(conflicts)) = plan(sdfg, path) else {
        return 0;
    };
    let (Some(Scope::For { var, .. }), Some(body)) =
        (Scope::at(sdfg, path), region_at(&sdfg.body, path))
    else {
        return 0;
    };
    let mut varying = defined_symbols(body);
    varying.insert(var.clone());
    let containers: BTreeSet<DataId> = conflicts.into_keys().collect();
    let types: Vec<DType> = sdfg.data.iter().map(|d| d.dtype).collect();
    let mut body = body.clone();
    let changes = rewrite_region(&mut body, &|memlet| {
        let dtype = types[memlet.data.0 as usize];
        let eligible = containers.contains(&memlet.data)
            && !varying.iter().any(|s| memlet.subset.contains_sym(s));
        eligible.then_some(Rule {
            dtype,
            reassociate: !strict_fp || !(dtype.is_float() || dtype.is_complex()),
        })
    });
    if changes == 0 {
        return 0;
    }
    let old = replace_body(sdfg, path, body);
    if plan(sdfg, path).is_ok() {
        changes
    } else {
        replace_body(sdfg, path, old);
        0
    }
}

/// Each container whose conflict goes counts.
fn in_map(sdfg: &mut Sdfg, path: &[Step]) -> usize {
    let Err(Obstacle::Conflicts(conflicts)) = plan(sdfg, path) else {
        return 0;
    };
    let mut total = 0;
    for data in conflicts.into_keys() {
        let Some(body) = region_at(&sdfg.body, path) else {
            return total;
        };
        let dtype = sdfg.desc(data).dtype;
        let mut body = body.clone();
        let changes = rewrite_region(&mut body, &|memlet| {
            (memlet.data == data).then_some(Rule {
                dtype,
                reassociate: true,
            })
        });
        if changes == 0 {
            continue;
        }
        let old = replace_body(sdfg, path, body);
        match plan(sdfg, path) {
            Err(Obstacle::Conflicts(left)) if left.contains_key(&data) => {
                replace_body(sdfg, path, old);
            }
            _ => total += changes,
        }
    }
    total
}

fn replace_body(sdfg: &mut Sdfg, path: &[Step], body: Region) -> Region {
    match region_at_mut(&mut sdfg.body, path) {
        Some(place) => std::mem::replace(place, body),
        None => body,
    }
}

/// How an update of a container may be rewritten.
#[derive(Clone, Copy)]
struct Rule {
    dtype: DType,
    /// Sums and products may change their order.
    reassociate: bool,
}

fn rewrite_region(region: &mut Region, rule: &dyn Fn(&Memlet) -> Option<Rule>) -> usize {
    let mut changes = 0;
    region.visit_regions_mut(&mut |region| {
        for block in &mut region.blocks {
            if let Block::State(state) = block {
                let nodes: Vec<_> = state.graph.node_indices().collect();
                for node in nodes {
                    changes += usize::from(rewrite_tasklet(state, node, rule));
                }
            }
        }
    });
    changes
}

fn rewrite_tasklet(
    state: &mut State,
    node: NodeIndex<u32>,
    rule: &dyn Fn(&Memlet) -> Option<Rule>,
) -> bool {
    let Some(Node::Tasklet(tasklet)) = state.graph.node_weight(node) else {
        return false;
    };
    let [target] = state.outputs(node)[..] else {
        return false;
    };
    if target.wcr.is_some() || tasklet.index.is_some() || target.subset.as_point().is_none() {
        return false;
    }
    let Some(rule) = rule(target) else {
        return false;
    };
    // One connector for each element that is read; a guarded write is dynamic, the read of the element is not.
    let inputs = state.inputs(node);
    let first_of: Vec<usize> = inputs
        .iter()
        .map(|m| inputs.iter().position(|n| n == m).unwrap_or(0))
        .collect();
    let Some(old) = inputs
        .iter()
        .position(|m| m.data == target.data && m.subset == target.subset)
    else {
        return false;
    };
    let merge = |code: &Code| {
        let mut code = code.clone();
        code.map_inputs(&|k| first_of.get(k).copied().unwrap_or(k));
        code
    };
    let (code, guard) = (merge(&tasklet.code), tasklet.guard.as_ref().map(merge));
    let Some(update) = as_update(&code, guard.as_ref(), old, rule.dtype) else {
        return false;
    };
    if matches!(update.wcr, Wcr::Sum | Wcr::Product)
        && (!rule.reassociate || rule.dtype == DType::Bool)
    {
        return false;
    }
    // Connectors that are still read close ranks.
    let mut used = BTreeSet::new();
    for code in std::iter::once(&update.operand).chain(&update.guard) {
        code.visit(&mut |c| {
            if let Code::In(k) | Code::Load(k, _) = c {
                used.insert(*k);
            }
        });
    }
    let renumber = |k: usize| used.range(..k).count();
    let edges: Vec<_> = state
        .graph
        .edges_directed(node, Incoming)
        .filter(|e| e.weight().memlet.is_some())
        .map(|e| (e.id(), e.source(), e.weight().conn))
        .collect();
    // Connector numbers count the memlets in order.
    let mut conns: Vec<usize> = edges.iter().map(|(.., conn)| *conn).collect();
    conns.sort_unstable();
    for (edge, source, conn) in edges {
        let position = conns.iter().position(|c| *c == conn).unwrap_or(conn);
        if used.contains(&position) {
            state.graph[edge].conn = renumber(position);
        } else if state
            .graph
            .edges_directed(source, Incoming)
            .next()
            .is_some()
        {
            // What wrote the old value still comes first.
            state.graph[edge].memlet = None;
            state.graph[edge].conn = 0;
        } else {
            state.graph.remove_edge(edge);
            if state.graph.neighbors_undirected(source).next().is_none() {
                state.graph.remove_node(source);
            }
        }
    }
    let Update {
        wcr,
        mut operand,
        mut guard,
    } = update;
    operand.map_inputs(&renumber);
    if let Some(guard) = &mut guard {
        guard.map_inputs(&renumber);
    }
    let guarded = guard.is_some();
    if let Node::Tasklet(tasklet) = &mut state.graph[node] {
        tasklet.code = operand;
        tasklet.guard = guard;
    }
    for edge in state.graph.edges(node).map(|e| e.id()).collect::<Vec<_>>() {
        if let Some(memlet) = &mut state.graph[edge].memlet {
            memlet.wcr = Some(wcr);
            memlet.dynamic |= guarded;
        }
    }
    true
}

/// `old = old wcr operand`, where the guard holds.
#[derive(Clone, Debug, PartialEq)]
struct Update {
    wcr: Wcr,
    operand: Code,
    guard: Option<Code>,
}

fn reads(code: &Code, connector: usize) -> bool {
    let mut found = false;
    code.visit(&mut |c| {
        found |= matches!(c, Code::In(k) | Code::Load(k, _) if *k == connector);
    });
    found
}

/// The update that a tasklet makes of the value at connector `old`, in its operand and guard no longer read.
fn as_update(code: &Code, guard: Option<&Code>, old: usize, dtype: DType) -> Option<Update> {
    let ordered = dtype.is_int() || dtype == DType::Bool;
    match guard {
        // if x > old: old = x
        Some(Code::Bin(op, a, b)) if reads(a, old) || reads(b, old) => {
            let wcr = selection(*op, a, b, code, &Code::In(old), old)?;
            return (ordered && !reads(code, old)).then(|| Update {
                wcr,
                operand: code.clone(),
                guard: None,
            });
        }
        Some(guard) if reads(guard, old) => return None,
        _ => {}
    }
    let mut guards: Vec<Code> = guard.cloned().into_iter().collect();
    let mut code = code;
    // old op x if condition else old
    while let Code::Select(condition, a, b) = code {
        let other = Code::In(old);
        if let Code::Bin(op, x, y) = &**condition
            && (reads(x, old) || reads(y, old))
        {
            let wcr = selection(*op, x, y, a, b, old)?;
            let operand = if **a == other { &**b } else { &**a };
            return ordered.then(|| Update {
                wcr,
                operand: operand.clone(),
                guard: conjunction(guards),
            });
        }
        if reads(condition, old) {
            return None;
        }
        if **b == other {
            guards.push((**condition).clone());
            code = a;
        } else if **a == other {
            guards.push(Code::un(UnOp::Not, (**condition).clone()));
            code = b;
        } else {
            break;
        }
    }
    let (wcr, operand) = operand_of(code, old)?;
    Some(Update {
        wcr,
        operand,
        guard: conjunction(guards),
    })
}

fn conjunction(guards: Vec<Code>) -> Option<Code> {
    guards
        .into_iter()
        .reduce(|a, b| Code::bin(BinOp::And, a, b))
}

/// `chosen if a op b else other` as a minimum or maximum of the old value and an operand that does not read it.
fn selection(
    op: BinOp,
    a: &Code,
    b: &Code,
    chosen: &Code,
    other: &Code,
    old: usize,
) -> Option<Wcr> {
    let (less, more) = match op {
        BinOp::Lt | BinOp::Le => (a, b),
        BinOp::Gt | BinOp::Ge => (b, a),
        _ => return None,
    };
    let is_old = |c: &Code| *c == Code::In(old);
    if is_old(less) == is_old(more) || reads(if is_old(less) { more } else { less }, old) {
        return None;
    }
    if chosen == less && other == more {
        Some(Wcr::Min)
    } else if chosen == more && other == less {
        Some(Wcr::Max)
    } else {
        None
    }
}

/// `code` as `old wcr operand`.
fn operand_of(code: &Code, old: usize) -> Option<(Wcr, Code)> {
    match code {
        Code::Bin(BinOp::Sub, a, b) if !reads(b, old) => {
            if **a == Code::In(old) {
                return Some((Wcr::Sum, Code::un(UnOp::Neg, (**b).clone())));
            }
            let (wcr, inner) = operand_of(a, old)?;
            (wcr == Wcr::Sum).then(|| (wcr, Code::bin(BinOp::Sub, inner, (**b).clone())))
        }
        Code::Bin(op, a, b) => {
            let wcr = wcr_of(*op)?;
            let (side, rest, left) = match (reads(a, old), reads(b, old)) {
                (true, false) => (a, b, true),
                (false, true) => (b, a, false),
                _ => return None,
            };
            if **side == Code::In(old) {
                return Some((wcr, (**rest).clone()));
            }
            let (inner_wcr, inner) = operand_of(side, old)?;
            (inner_wcr == wcr).then(|| {
                let rest = (**rest).clone();
                let (x, y) = if left { (inner, rest) } else { (rest, inner) };
                (wcr, Code::bin(*op, x, y))
            })
        }
        // One of two updates of the same kind.
        Code::Select(condition, a, b) if !reads(condition, old) => {
            let (wcr, a) = operand_of(a, old)?;
            let (other, b) = operand_of(b, old)?;
            (wcr == other).then(|| (wcr, Code::select((**condition).clone(), a, b)))
        }
        _ => None,
    }
}

fn wcr_of(op: BinOp) -> Option<Wcr> {
    Some(match op {
        BinOp::Add => Wcr::Sum,
        BinOp::Mul => Wcr::Product,
        BinOp::Min => Wcr::Min,
        BinOp::Max => Wcr::Max,
        BinOp::And => Wcr::And,
        BinOp::Or => Wcr::Or,
        BinOp::BitAnd => Wcr::BitAnd,
        BinOp::BitOr => Wcr::BitOr,
        BinOp::BitXor => Wcr::BitXor,
        _ => return None,
    })
}
