//! Gives each definition of a symbol a name of its own.
//!
//! ```text
//! for i in 0:N { … }            for i in 0:N { … }
//! for i in 0:M { A[i] = … }     for i_2 in 0:M { A[i_2] = … }
//! ```

use super::common::{all_symbols, fresh, global_symbols};
use crate::pipeline::Options;
use crate::sdfg::{Block, LoopKind, Node, Region, Sdfg};
use crate::symbolic::{Expr, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// Returns how many definitions got a new name. The first definition keeps its own.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let mut names = Names {
        defined: global_symbols(sdfg),
        taken: all_symbols(sdfg),
    };
    rename(&mut sdfg.body, &mut names)
}

/// Names of symbols.
pub struct Names {
    /// Those that a definition may not use again.
    pub defined: BTreeSet<Sym>,
    /// Those that a new name may not use: all that occur.
    pub taken: BTreeSet<Sym>,
}

impl Names {
    /// The name that a definition of `sym` gets.
    fn define(&mut self, sym: &Sym) -> Sym {
        if self.defined.insert(sym.clone()) {
            return sym.clone();
        }
        let new = fresh(sym, &mut self.taken);
        self.defined.insert(new.clone());
        new
    }
}

/// Renames the definitions in a region so that none is defined before. Assignments keep their names: each has one place.
pub fn rename(region: &mut Region, names: &mut Names) -> usize {
    let mut changes = 0;
    for block in &mut region.blocks {
        match block {
            Block::State(state) => {
                for node in state.graph.node_weights_mut() {
                    let Node::Map(map) = node else { continue };
                    for p in &mut map.params {
                        let new = names.define(p);
                        if new != *p {
                            replace(&mut map.body, p, &new);
                            *p = new;
                            changes += 1;
                        }
                    }
                    changes += rename(&mut map.body, names);
                }
            }
            Block::Loop(l) => {
                if let LoopKind::For { var, .. } = &mut l.kind {
                    let new = names.define(var);
                    if new != *var {
                        replace(&mut l.body, var, &new);
                        *var = new;
                        changes += 1;
                    }
                }
                changes += rename(&mut l.body, names);
            }
            Block::Branch(b) => {
                changes += rename(&mut b.then, names);
                changes += rename(&mut b.otherwise, names);
            }
            Block::Assign(a) => {
                names.defined.insert(a.sym.clone());
            }
            _ => {}
        }
    }
    changes
}

fn replace(body: &mut Region, from: &Sym, to: &Sym) {
    let to = Expr::sym(to.clone());
    body.subs(&|s| (s == from).then(|| to.clone()));
}

/// A copy of a loop's or map's body with a value for its variable, and names of its own for what it defines.
pub fn copy_of(body: &Region, var: &Sym, value: &Expr, names: &mut Names) -> Region {
    let mut copy = body.clone();
    rename(&mut copy, names);
    let assigned = rename_assigned(&mut copy, names);
    copy.subs(&|s| {
        if s == var {
            Some(value.clone())
        } else {
            assigned.get(s).cloned().map(Expr::sym)
        }
    });
    copy
}

/// New names for the symbols that a region assigns. The caller substitutes them.
pub fn rename_assigned(body: &mut Region, names: &mut Names) -> BTreeMap<Sym, Sym> {
    let mut found: BTreeSet<Sym> = BTreeSet::new();
    body.visit_regions_mut(&mut |r| {
        for b in &r.blocks {
            if let Block::Assign(a) = b {
                found.insert(a.sym.clone());
            }
        }
    });
    let mut new = BTreeMap::new();
    for sym in found {
        let name = fresh(&sym, &mut names.taken);
        names.defined.insert(name.clone());
        new.insert(sym, name);
    }
    new
}
