//! Whether the iterations of a loop or map may run in any order, or at once.

use super::coverage::may_leave;
use super::dependence::{Analysis, Conflict, Iterations};
use super::presburger::{Fact, infeasible};
use super::privatisation::{free_symbols_of, privatisable, symbols_escape};
use super::scope::{Step, access_counts, defined_symbols, facts_at, lattice, region_at};
use crate::sdfg::{Block, DataId, LoopKind, Map, Node, Region, Sdfg};
use crate::symbolic::{Expr, Range, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// A loop over a range, or a map.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    For { var: &'a Sym, range: &'a Range },
    Map(&'a Map),
}

impl<'a> Scope<'a> {
    /// The scope whose body is at the end of a path; none for `while` and branches.
    pub fn at(sdfg: &'a Sdfg, path: &[Step]) -> Option<Self> {
        let (last, outer) = path.split_last()?;
        let region = region_at(&sdfg.body, outer)?;
        match (last, region.blocks.get(last.block())?) {
            (Step::Loop(_), Block::Loop(l)) => match &l.kind {
                LoopKind::For { var, range } => Some(Self::For { var, range }),
                LoopKind::While { .. } => None,
            },
            (Step::Map(_, node), Block::State(state)) => match state.graph.node_weight(*node)? {
                Node::Map(map) => Some(Self::Map(map)),
                _ => None,
            },
            _ => None,
        }
    }

    pub fn iterations(self) -> Iterations<'a> {
        match self {
            Self::For { var, range } => Iterations {
                params: std::slice::from_ref(var),
                ranges: std::slice::from_ref(range),
                map: false,
            },
            Self::Map(map) => Iterations::of(map),
        }
    }
}

/// What keeps iterations in order.
#[derive(Clone, Debug)]
pub enum Obstacle {
    /// It is no loop over a range with a step of known sign.
    Kind(&'static str),
    /// One conflict for each container.
    Conflicts(BTreeMap<DataId, Conflict>),
}

/// Which containers each iteration must have for itself, so that iterations are independent. `renamed`: also accessed
/// outside, so the iterations need a container of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub renamed: BTreeSet<DataId>,
}

/// Decides for the loop or map whose body is at the end of `path`.
pub fn plan(sdfg: &Sdfg, path: &[Step]) -> Result<Plan, Obstacle> {
    let (Some(scope), Some(body)) = (Scope::at(sdfg, path), region_at(&sdfg.body, path)) else {
        return Err(Obstacle::Kind("it is not a loop over a range"));
    };
    if let Scope::For { var, range } = scope {
        check_loop(sdfg, path, var, range, body)?;
    }
    let totals = access_counts(&sdfg.body);
    let inside = access_counts(body);
    // In a map, transients that are accessed nowhere else are private by the meaning of maps.
    let mut ignore = BTreeSet::new();
    if matches!(scope, Scope::Map(_)) {
        let private = |d: &DataId| !sdfg.is_visible(*d) && totals.get(d) == inside.get(d);
        ignore.extend(inside.keys().copied().filter(private));
    }
    let context = of_no_iteration(facts_at(sdfg, path), scope.iterations().params, body);
    let analysis = Analysis::new(sdfg, context);
    let mut conflicts = analysis.conflicts(scope.iterations(), body, &ignore);
    let mut plan = Plan::default();
    conflicts.retain(|data, _| {
        let used_outside = totals.get(data) != inside.get(data);
        if !privatisable(sdfg, path, *data, used_outside) {
            return true;
        }
        if used_outside {
            plan.renamed.insert(*data);
        }
        false
    });
    if conflicts.is_empty() {
        Ok(plan)
    } else {
        Err(Obstacle::Conflicts(conflicts))
    }
}

/// The facts that hold for all iterations alike: what is known of symbols that have another value in each iteration is the iterations' own
/// business.
pub fn of_no_iteration(mut facts: Vec<Fact>, params: &[Sym], body: &Region) -> Vec<Fact> {
    let mut own = defined_symbols(body);
    for param in params {
        own.insert(param.clone());
        own.insert(lattice(param));
    }
    facts.retain(|fact| {
        let mut symbols = BTreeSet::new();
        fact.collect_symbols(&mut symbols);
        symbols.is_disjoint(&own)
    });
    facts
}

/// A loop can be told as a map at all.
fn check_loop(
    sdfg: &Sdfg,
    path: &[Step],
    var: &Sym,
    range: &Range,
    body: &Region,
) -> Result<(), Obstacle> {
    match range.step.as_int() {
        Some(0) => return Err(Obstacle::Kind("its step is zero")),
        Some(_) => {}
        None => {
            let mut facts = facts_at(sdfg, &path[..path.len() - 1]);
            facts.push(Fact::le(&range.step, &Expr::zero()));
            if !infeasible(&facts) {
                return Err(Obstacle::Kind("the sign of its step is not known"));
            }
        }
    }
    if may_leave(body) {
        return Err(Obstacle::Kind("its body may leave an iteration early"));
    }
    let mut symbols = defined_symbols(body);
    let free = free_symbols_of(sdfg, &body.blocks);
    if symbols
        .iter()
        .any(|s| free.contains(s) || range.contains_sym(s))
    {
        return Err(Obstacle::Kind(
            "a value of one iteration is used in the next",
        ));
    }
    symbols.insert(var.clone());
    if symbols_escape(sdfg, path, &symbols) {
        return Err(Obstacle::Kind(
            "its variable, or one assigned in it, is used outside",
        ));
    }
    Ok(())
}
