//! Drops what control flow leaves empty, and control flow that is none.
//!
//! ```text
//! if True { a }                  a
//! for i in 3:4 { A[i] = 0 }      A[3] = 0
//! map k in 0:1 { A[k] = 0 }      A[0] = 0
//! for i in 5:5 { … }
//! if c { return }; b             if c {} else { b }
//! ```

use super::common::{as_map, assume_in, assume_map, global_facts, single};
use crate::pipeline::Options;
use crate::sdfg::{BinOp, Block, Branch, Code, Const, Eval, LoopKind, Node, Region, Sdfg, UnOp};
use crate::symbolic::{Expr, Facts};

/// Returns how many blocks it resolved.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let mut facts = global_facts(sdfg);
    let mut changes = returns(&mut sdfg.body);
    changes += region(&mut sdfg.body, &mut facts);
    changes
}

/// At the top level, what follows a branch that returns moves into its other side, and nothing follows a return. Inside of loops returns stay.
fn returns(region: &mut Region) -> usize {
    let mut changes = 0;
    let mut at = 0;
    let count = region.blocks.len();
    while at < count {
        match &mut region.blocks[at] {
            Block::Return => {
                region.blocks.truncate(at);
                return changes + 1;
            }
            Block::Branch(b) => {
                let ends = |r: &Region| matches!(r.blocks.last(), Some(Block::Return));
                if ends(&b.then) || ends(&b.otherwise) {
                    let rest = region.blocks.split_off(at + 1);
                    let Some(Block::Branch(b)) = region.blocks.last_mut() else {
                        return changes;
                    };
                    let (then_ends, otherwise_ends) = (ends(&b.then), ends(&b.otherwise));
                    if !then_ends {
                        b.then.blocks.extend(rest);
                    } else if !otherwise_ends {
                        b.otherwise.blocks.extend(rest);
                    }
                    changes += 1 + returns(&mut b.then) + returns(&mut b.otherwise);
                    return changes;
                }
                // A return deeper inside cannot be moved without copying the rest.
                if !has_return(&b.then) && !has_return(&b.otherwise) {
                    at += 1;
                    continue;
                }
                if at + 1 == count {
                    changes += returns(&mut b.then) + returns(&mut b.otherwise);
                }
            }
            _ => {}
        }
        at += 1;
    }
    changes
}

/// Whether a region may leave the program.
pub fn has_return(region: &Region) -> bool {
    region.blocks.iter().any(|b| match b {
        Block::Return => true,
        Block::Branch(b) => has_return(&b.then) || has_return(&b.otherwise),
        Block::Loop(l) => has_return(&l.body),
        _ => false,
    })
}

/// Whether a region may fail or not end: by a value (solve, inverse, Cholesky), a checked assignment, a `while` loop, or a call that may.
pub fn may_fail(region: &Region) -> bool {
    region.blocks.iter().any(|b| match b {
        Block::State(state) => state.graph.node_weights().any(|n| match n {
            Node::Library(l) => !matches!(
                l.kind,
                crate::sdfg::LibraryKind::MatMul { .. }
                    | crate::sdfg::LibraryKind::ArgReduce { .. }
            ),
            Node::Map(m) => may_fail(&m.body),
            Node::Nested(n) => may_fail(&n.sdfg.body),
            _ => false,
        }),
        Block::Loop(l) => matches!(l.kind, LoopKind::While { .. }) || may_fail(&l.body),
        Block::Branch(b) => may_fail(&b.then) || may_fail(&b.otherwise),
        Block::Assign(a) => a.low.is_some() || a.high.is_some(),
        _ => false,
    })
}

fn region(region: &mut Region, facts: &mut Facts) -> usize {
    let mut changes = 0;
    let start = facts.mark();
    let mut blocks = Vec::with_capacity(region.blocks.len());
    for mut block in std::mem::take(&mut region.blocks) {
        changes += inside(&mut block, facts);
        match resolve(block, facts) {
            Ok(same) => {
                if let Block::Assign(a) = &same {
                    let value = if let Code::Sym(e) = &a.value.code {
                        Some(e.clone())
                    } else {
                        None
                    };
                    facts.bound(
                        &a.sym,
                        value.clone().or_else(|| a.low.clone()),
                        value.or_else(|| a.high.clone()),
                    );
                }
                let jump = matches!(same, Block::Break | Block::Continue | Block::Return);
                blocks.push(same);
                if jump {
                    break;
                }
            }
            Err(inline) => {
                changes += 1;
                blocks.extend(inline);
            }
        }
    }
    facts.truncate(start);
    region.blocks = blocks;
    changes
}

/// Cleans the regions of one block.
fn inside(block: &mut Block, facts: &mut Facts) -> usize {
    let mark = facts.mark();
    let mut changes = 0;
    match block {
        Block::State(state) => {
            for node in state.graph.node_weights_mut() {
                if let Node::Map(map) = node {
                    assume_map(facts, map);
                    changes += region(&mut map.body, facts);
                    facts.truncate(mark);
                    changes += drop_unit_params(map);
                }
            }
        }
        Block::Loop(l) => {
            if let LoopKind::For { var, range } = &l.kind {
                assume_in(facts, var, range);
            }
            changes += region(&mut l.body, facts);
        }
        Block::Branch(b) => {
            changes += region(&mut b.then, facts);
            changes += region(&mut b.otherwise, facts);
        }
        _ => {}
    }
    facts.truncate(mark);
    changes
}

/// Replaces parameters that take one value, as long as one parameter remains.
fn drop_unit_params(map: &mut crate::sdfg::Map) -> usize {
    let mut changes = 0;
    let mut k = 0;
    while k < map.params.len() && map.params.len() > 1 {
        if map.ranges[k].count().as_int() == Some(1) {
            let (param, range) = (map.params.remove(k), map.ranges.remove(k));
            map.body
                .subs(&|s| (*s == param).then(|| range.begin.clone()));
            changes += 1;
        } else {
            k += 1;
        }
    }
    changes
}

/// The block itself, or the blocks that stand for it.
fn resolve(block: Block, facts: &Facts) -> Result<Block, Vec<Block>> {
    match block {
        Block::State(state) if state.graph.node_count() == 0 => Err(Vec::new()),
        Block::State(mut state) => {
            // A map without a body or without iterations does nothing.
            let idle: Vec<_> = state
                .graph
                .node_indices()
                .filter(|n| match &state.graph[*n] {
                    Node::Map(m) => m.body.is_empty() || m.ranges.iter().any(|r| empty(r, facts)),
                    _ => false,
                })
                .collect();
            if !idle.is_empty() {
                super::dead_code::remove_nodes(&mut state, &idle);
                return if state.graph.node_count() == 0 {
                    Err(Vec::new())
                } else {
                    Err(vec![Block::State(state)])
                };
            }
            let mut block = Block::State(state);
            if as_map(&block)
                .is_some_and(|m| m.ranges.iter().all(|r| r.count().as_int() == Some(1)))
                && let Some((_, node)) = single(&block)
                && let Block::State(state) = &mut block
                && let Some(Node::Map(map)) = state.graph.node_weight_mut(node)
            {
                let values: Vec<_> = map
                    .params
                    .iter()
                    .cloned()
                    .zip(map.ranges.iter().map(|r| r.begin.clone()))
                    .collect();
                let mut body = std::mem::take(&mut map.body);
                body.subs(&|s| values.iter().find(|(p, _)| p == s).map(|(_, e)| e.clone()));
                return Err(body.blocks);
            }
            Ok(block)
        }
        Block::Loop(mut l) => {
            if let LoopKind::For { var, range } = &l.kind {
                if empty(range, facts) && range.step.as_int().is_some_and(|s| s != 0) {
                    return Err(Vec::new());
                }
                if range.count().as_int() == Some(1)
                    && range.step.as_int().is_some_and(|s| s != 0)
                    && !jumps(&l.body)
                {
                    let value = range.begin.clone();
                    let var = var.clone();
                    l.body.subs(&|s| (*s == var).then(|| value.clone()));
                    return Err(l.body.blocks);
                }
                if l.body.is_empty() && range.step.as_int().is_some_and(|s| s != 0) {
                    return Err(Vec::new());
                }
            }
            if let LoopKind::While { cond } = &l.kind
                && truth(cond, facts) == Some(false)
            {
                return Err(Vec::new());
            }
            Ok(Block::Loop(l))
        }
        Block::Branch(b) => match truth(&b.cond, facts) {
            Some(true) => Err(b.then.blocks),
            Some(false) => Err(b.otherwise.blocks),
            None if b.then.is_empty() && b.otherwise.is_empty() => Err(Vec::new()),
            None if b.then.is_empty() => {
                let code = match b.cond.code {
                    Code::Un(UnOp::Not, inner) => *inner,
                    code => Code::un(UnOp::Not, code),
                };
                Err(vec![Block::Branch(Branch {
                    cond: Eval { code, ..b.cond },
                    then: b.otherwise,
                    otherwise: b.then,
                    span: b.span,
                })])
            }
            None => Ok(Block::Branch(b)),
        },
        other => Ok(other),
    }
}

/// Whether a loop's body leaves this very loop.
fn jumps(body: &Region) -> bool {
    body.blocks.iter().any(|b| {
        // No container is asked for, so no shapes are needed: only the jumps matter.
        match b {
            Block::Break | Block::Continue => true,
            Block::Branch(b) => jumps(&b.then) || jumps(&b.otherwise),
            _ => false,
        }
    })
}

fn empty(range: &crate::symbolic::Range, facts: &Facts) -> bool {
    match range.step.as_int() {
        Some(s) if s > 0 => facts.le(&range.end, &range.begin),
        Some(s) if s < 0 => facts.le(&range.begin, &range.end),
        _ => false,
    }
}

/// The value of a condition, where it follows from what is known of the symbols.
pub fn truth(cond: &Eval, facts: &Facts) -> Option<bool> {
    code_truth(&cond.code, facts)
}

fn code_truth(code: &Code, facts: &Facts) -> Option<bool> {
    match code {
        Code::Const(Const::Bool(b)) => Some(*b),
        Code::Un(UnOp::Not, a) => code_truth(a, facts).map(|b| !b),
        Code::Bin(BinOp::And, a, b) => match (code_truth(a, facts), code_truth(b, facts)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Code::Bin(BinOp::Or, a, b) => match (code_truth(a, facts), code_truth(b, facts)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Code::Bin(op, a, b) if op.is_comparison() => {
            let (a, b) = (integer(a)?, integer(b)?);
            let decide = |yes: bool, no: bool| {
                if yes {
                    Some(true)
                } else if no {
                    Some(false)
                } else {
                    None
                }
            };
            match op {
                BinOp::Lt => decide(facts.lt(&a, &b), facts.le(&b, &a)),
                BinOp::Le => decide(facts.le(&a, &b), facts.lt(&b, &a)),
                BinOp::Gt => decide(facts.lt(&b, &a), facts.le(&a, &b)),
                BinOp::Ge => decide(facts.le(&b, &a), facts.lt(&a, &b)),
                BinOp::Eq => decide(facts.eq(&a, &b), facts.ne(&a, &b)),
                BinOp::Ne => decide(facts.ne(&a, &b), facts.eq(&a, &b)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn integer(code: &Code) -> Option<Expr> {
    match code {
        Code::Sym(e) => Some(e.clone()),
        Code::Const(Const::Int(v, crate::sdfg::DType::Int64)) => {
            i64::try_from(*v).ok().map(Expr::int)
        }
        _ => None,
    }
}
