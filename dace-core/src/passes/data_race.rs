//! The check of maps that the user wrote: iterations that conflict are an error which says why.
//!
//! To be run after [`super::reduction`] and [`super::privatise`], which give updates their write-conflict resolution
//! and iterations their own containers.

use crate::analysis::dependence::Conflict;
use crate::analysis::parallel::{Obstacle, Scope, plan};
use crate::analysis::scope::bodies;
use crate::diag::{Diagnostic, ErrorCode};
use crate::sdfg::{Block, Node, Region, Sdfg};

/// One diagnostic for each container that iterations of an explicit map conflict on.
pub fn check_explicit_maps(sdfg: &Sdfg) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for path in bodies(&sdfg.body) {
        if let Some(Scope::Map(map)) = Scope::at(sdfg, &path)
            && map.explicit
            && let Err(Obstacle::Conflicts(conflicts)) = plan(sdfg, &path)
        {
            found.extend(conflicts.values().map(|c| diagnostic(sdfg, c, map.span)));
        }
    }
    nested(&sdfg.body, &mut |inner| {
        found.extend(check_explicit_maps(inner));
    });
    found
}

fn diagnostic(sdfg: &Sdfg, conflict: &Conflict, map: crate::diag::Span) -> Diagnostic {
    // The message stands under a write; the other access is noted.
    let (main, other) = if conflict.first.write {
        (&conflict.first, &conflict.second)
    } else {
        (&conflict.second, &conflict.first)
    };
    let reason = conflict.explain(sdfg);
    let message = if conflict.certain {
        format!("iterations of this `dace.map` conflict: {reason}")
    } else {
        format!("iterations of this `dace.map` are not provably independent: {reason}")
    };
    let mut diagnostic = Diagnostic::new(ErrorCode::DataRace, main.span, message).hint(
        "iterations of a map run at once: use `for … in range(…)` to run them in order, or an augmented assignment (`+=`) to combine what they write",
    );
    if other.span != main.span {
        let what = if other.write { "written" } else { "read" };
        diagnostic = diagnostic.note(other.span, format!("{what} here"));
    }
    diagnostic.note(map, "the map")
}

fn nested(region: &Region, f: &mut dyn FnMut(&Sdfg)) {
    for block in &region.blocks {
        match block {
            Block::State(state) => {
                for node in state.graph.node_weights() {
                    match node {
                        Node::Map(map) => nested(&map.body, f),
                        Node::Nested(n) => f(&n.sdfg),
                        _ => {}
                    }
                }
            }
            Block::Loop(l) => nested(&l.body, f),
            Block::Branch(b) => {
                nested(&b.then, f);
                nested(&b.otherwise, f);
            }
            _ => {}
        }
    }
}
