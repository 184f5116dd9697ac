//! Transients that a map's iterations need each for themselves, and that are used outside of it too, get a container of
//! their own inside.
//!
//! ```text
//! dace.map i in 0:N:                      dace.map i in 0:N:
//!     t = A[i]                        →       t_0 = A[i]
//!     B[i] = t * t                            B[i] = t_0 * t_0
//! t = C[0]                                t = C[0]
//! ```
//!
//! Only maps written by the user need it; compiler-made ones get their own containers when they are made.

use crate::analysis::parallel::{Scope, plan};
use crate::analysis::scope::{Step, bodies, region_at_mut};
use crate::pipeline::Options;
use crate::sdfg::{DataId, Sdfg, propagate};
use std::collections::BTreeSet;

/// Returns how many containers were added.
pub fn run(sdfg: &mut Sdfg, _options: &Options) -> usize {
    let mut changes = 0;
    for path in bodies(&sdfg.body) {
        let explicit = matches!(Scope::at(sdfg, &path), Some(Scope::Map(map)) if map.explicit);
        if explicit && let Ok(plan) = plan(sdfg, &path) {
            give_own(sdfg, &path, &plan.renamed);
            changes += plan.renamed.len();
        }
    }
    if changes > 0 {
        propagate(sdfg);
    }
    changes
}

/// Replaces containers inside a body by copies of their own.
pub(super) fn give_own(sdfg: &mut Sdfg, path: &[Step], containers: &BTreeSet<DataId>) {
    for data in containers {
        let own = sdfg.add(sdfg.desc(*data).clone());
        if let Some(body) = region_at_mut(&mut sdfg.body, path) {
            body.rename_data(*data, own);
        }
    }
}
