//! Which dimension of a multicore map is divided among threads, and what each thread accumulates for itself.
//!
//! All accesses of a map to a container that it accumulates into are one question: may two iterations that differ in the divided parameter
//! touch one element, at least one of them writing? The dependence analysis answers it, for writes with conflict resolution as
//! for plain accesses beside them. Where they may, single elements that do not depend on the map, and arrays, are accumulated per chunk and combined, if the map does nothing else
//! with them. Otherwise the map runs on one thread.

use dace_core::analysis::dependence::Analysis;
use dace_core::analysis::parallel::of_no_iteration;
use dace_core::analysis::presburger::Fact;
use dace_core::sdfg::{DataId, Map, Memlet, Schedule, Sdfg, Wcr, accesses_of_region};
use dace_core::symbolic::{Dim, Expr, Subset, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// How a map runs in parallel.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The parameter whose range is divided.
    pub(super) param: usize,
    /// The elements that are accumulated for each chunk.
    pub(super) partial: Vec<Target>,
    /// The arrays that are accumulated for each chunk, and how.
    pub(super) arrays: Vec<(DataId, Wcr)>,
    /// What is known where the map stands, in all its iterations.
    context: Vec<Fact>,
}

/// A map that is divided among threads, and how.
#[derive(Clone, Debug)]
pub(super) struct Divided {
    map: Map,
    plan: Plan,
    /// Containers of which each thread has its own.
    own: BTreeSet<DataId>,
}

impl Divided {
    pub(super) fn new(map: &Map, plan: &Plan, mut own: BTreeSet<DataId>) -> Self {
        own.extend(plan.partial.iter().map(|t| t.data));
        own.extend(plan.arrays.iter().map(|(data, _)| *data));
        Self {
            map: map.clone(),
            plan: plan.clone(),
            own,
        }
    }

    /// The parameter whose values are divided among the threads.
    pub(super) fn param(&self) -> &Sym {
        &self.map.params[self.plan.param]
    }

    /// Whether no other thread would meet a write of an element where this one need not access it: before and after loops that may
    /// be empty, and around conditions. `domain`: what holds there.
    pub(super) fn is_alone(&self, sdfg: &Sdfg, target: &Target, domain: Vec<Fact>) -> bool {
        let write = Memlet {
            data: target.data,
            subset: target.subset.clone(),
            wcr: None,
            dynamic: false,
        };
        self.own.contains(&target.data)
            || !Analysis::new(sdfg, self.plan.context.clone()).would_meet(
                &self.map,
                self.plan.param,
                &self.own,
                &write,
                domain,
            )
    }
}

/// One element that is only ever written with one operator.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    pub(super) data: DataId,
    pub(super) subset: Subset,
    pub(super) wcr: Wcr,
}

/// How the map may run in parallel, if it may. `context`: what is known where it stands.
pub(super) fn plan(
    sdfg: &Sdfg,
    map: &Map,
    context: Vec<Fact>,
    private: &dyn Fn(DataId) -> bool,
) -> Option<Plan> {
    if map.schedule != Schedule::Multicore || map.params.is_empty() {
        return None;
    }
    // Plain accesses of a map's iterations meet nowhere: loops become maps where that is proved, and a map that a user wrote is refused where it is not.
    let mut accumulated_into = BTreeSet::new();
    let mut stores_a_variable = false;
    accesses_of_region(&map.body, &mut |a| {
        let data = a.memlet.data;
        if a.write && !private(data) {
            if a.memlet.wcr.is_some() {
                accumulated_into.insert(data);
            }
            stores_a_variable |= a.memlet.wcr.is_none() && sdfg.desc(data).is_scalar();
        }
    });
    if stores_a_variable {
        // It lives outside of the chunk.
        return None;
    }
    let ignore: BTreeSet<DataId> = sdfg
        .ids()
        .filter(|d| !accumulated_into.contains(d))
        .collect();
    let context = of_no_iteration(context, &map.params, &map.body);
    let analysis = Analysis::new(sdfg, context.clone());
    // Dimensions that are safe for some containers are worth more than none, but all the others have to be accumulated.
    let mut best: Option<Plan> = None;
    for param in 0..map.params.len() {
        let met = analysis.met(map, param, &ignore);
        let Some((partial, arrays)) = accumulated(map, &met) else {
            continue;
        };
        let found = Plan {
            param,
            partial,
            arrays,
            context: context.clone(),
        };
        let cost = |p: &Plan| (p.arrays.len(), p.partial.len());
        if best.as_ref().is_none_or(|b| cost(&found) < cost(b)) {
            best = Some(found);
        }
        if met.is_empty() {
            break;
        }
    }
    best
}

/// The elements and, where an array is accumulated into at changing places, the arrays that each chunk needs for itself, of containers that
/// chunks would meet in; none if one of them is not only accumulated into, with one operator.
fn accumulated(map: &Map, met: &BTreeSet<DataId>) -> Option<(Vec<Target>, Vec<(DataId, Wcr)>)> {
    let inner = super::inner_symbols(&map.body);
    let mut writes: BTreeMap<DataId, Vec<&Memlet>> = BTreeMap::new();
    let mut only = true;
    accesses_of_region(&map.body, &mut |a| {
        if met.contains(&a.memlet.data) {
            only &= a.write && a.memlet.wcr.is_some();
            writes.entry(a.memlet.data).or_default().push(a.memlet);
        }
    });
    if !only {
        return None;
    }
    let (mut partial, mut arrays) = (Vec::new(), Vec::new());
    for (data, writes) in writes {
        if let Some(targets) = targets(&map.body, &map.params, &inner, &writes) {
            partial.extend(targets);
            continue;
        }
        let wcr = writes.first()?.wcr?;
        if writes.iter().any(|m| m.wcr != Some(wcr)) {
            return None;
        }
        arrays.push((data, wcr));
    }
    Some((partial, arrays))
}

/// The elements that the writes accumulate into, if each is one element that does not depend on the loops and has no other access.
pub(super) fn targets(
    body: &dace_core::sdfg::Region,
    params: &[Sym],
    inner: &BTreeSet<Sym>,
    writes: &[&Memlet],
) -> Option<Vec<Target>> {
    let mut targets: Vec<Target> = Vec::new();
    for m in writes {
        let wcr = m.wcr?;
        let fixed = |e: &Expr| {
            !e.symbols()
                .iter()
                .any(|s| inner.contains(s) || params.contains(s))
        };
        if !m
            .subset
            .0
            .iter()
            .all(|d| matches!(d, Dim::Index(e) if fixed(e)))
        {
            return None;
        }
        let target = Target {
            data: m.data,
            subset: m.subset.clone(),
            wcr,
        };
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    for (i, a) in targets.iter().enumerate() {
        // Two elements of one container might be the same.
        if targets[..i].iter().any(|b| b.data == a.data) {
            return None;
        }
    }
    let mut alone = true;
    accesses_of_region(body, &mut |access| {
        let m = access.memlet;
        if let Some(t) = targets.iter().find(|t| t.data == m.data) {
            alone &= access.write && m.wcr == Some(t.wcr) && m.subset == t.subset;
        }
    });
    alone.then_some(targets)
}

#[cfg(test)]
mod tests {
    use crate::rust::placement::{Placement, key};
    use dace_core::sdfg::{Block, DataId, Map, Node, ParamKind, Schedule};
    use dace_core::symbolic::Facts;
    use dace_core::syntax::Form;

    /// How the maps of a program that are worth more than one thread run, in turn.
    fn plan(parameters: &str, body: &str) -> String {
        let text = format!("def f({parameters}):\n{body}\n");
        let program = dace_core::compile(&text, Form::Block)
            .unwrap_or_else(|e| panic!("{text}{e:?}"))
            .remove(0);
        let sdfg = &program.sdfg;
        let of_caller = |p: &dace_core::sdfg::Param| match p.kind {
            ParamKind::Data(id) => Some(id),
            ParamKind::Symbol(..) => None,
        };
        let bound = sdfg.params.iter().filter_map(of_caller).collect();
        let place = Placement::new(sdfg, &bound, &Facts::new(), false, &mut 0);
        let mut plans = Vec::new();
        for block in &sdfg.body.blocks {
            let Block::State(state) = block else {
                continue;
            };
            for node in state.computations() {
                let map = match &state.graph[node] {
                    Node::Map(map) if map.schedule == Schedule::Multicore => map,
                    _ => continue,
                };
                let Some(plan) = place.plans.get(&key::<Map>(map)) else {
                    plans.push("one thread".to_owned());
                    continue;
                };
                let name = |d: DataId| format!(", own {}", sdfg.desc(d).name);
                let param = map.params[plan.param].as_str();
                let mut text = format!("divides {}", &param[..1]);
                text.extend(plan.partial.iter().map(|t| name(t.data)));
                text.extend(plan.arrays.iter().map(|(data, _)| name(*data) + "[]"));
                plans.push(text);
            }
        }
        plans.join("; ")
    }

    const PARAMETERS: &str = "A: float64[N], D: float64[2 * N + 2], P: float64[N, N], h: float64[N], w: float64[N, N], I: int64[N]";

    /// Two updates in a loop over `i`, which would be plain accesses in a map that needs no resolution.
    fn pair(first: &str, second: &str) -> String {
        plan(
            PARAMETERS,
            &format!(
                "    for i in dace.map[0:N]:\n        for j in range(N):\n            {first} += w[i, j]\n            {second} += w[j, i]"
            ),
        )
    }

    #[test]
    fn two_updates_of_elements_that_never_meet_need_nothing() {
        for (first, second) in [
            ("D[2 * i]", "D[2 * i + 1]"),
            ("D[i]", "D[i + N]"),
            ("P[i, j]", "P[i, N - 1 - j]"),
            ("P[j, i]", "P[N - 1 - j, i]"),
            ("P[N - 1 - i, j]", "P[N - 1 - i, 0]"),
            ("A[i]", "A[i]"),
        ] {
            assert_eq!(pair(first, second), "divides i", "{first}, {second}");
        }
    }

    #[test]
    fn two_updates_of_elements_that_may_meet_are_accumulated() {
        for (first, second, own) in [
            ("A[i]", "A[N - 1 - i]", "A"),
            ("A[i]", "A[j]", "A"),
            ("A[I[i]]", "A[i]", "A"),
            ("D[i]", "D[i + 1]", "D"),
            ("D[2 * i]", "D[i]", "D"),
            ("P[i, j]", "P[j, i]", "P"),
            ("P[i, j]", "P[N - 1 - i, N - 1 - j]", "P"),
            ("P[i, i]", "P[j, j]", "P"),
        ] {
            let expected = format!("divides i, own {own}[]");
            assert_eq!(pair(first, second), expected, "{first}, {second}");
        }
    }

    #[test]
    fn a_dimension_in_which_they_never_meet_is_divided() {
        assert_eq!(pair("P[i, j]", "P[N - 1 - i, j]"), "divides j");
    }

    #[test]
    fn a_triangle_and_its_mirror_image_never_meet() {
        let body = "    for i in range(N):\n        for j in range(i):\n            for k in range(N):\n                P[i, j] += w[i, k]\n                P[j, i] += w[k, j]";
        assert_eq!(plan(PARAMETERS, body), "divides i");
        let body = body.replace("range(i)", "range(i + 1)");
        assert_eq!(plan(PARAMETERS, &body), "divides i");
        let body = body.replace("range(i + 1)", "range(i + 2 - i // N)");
        assert_ne!(plan(PARAMETERS, &body), "divides i");
    }

    #[test]
    fn sequential_loops_become_maps_that_accumulate() {
        let body = "    for i in range(N):\n        for j in range(N):\n            for k in range(N):\n                P[i, j] += w[i, k]\n                P[j, i] += w[k, j]";
        assert_eq!(plan(PARAMETERS, body), "divides i, own P[]");
    }

    #[test]
    fn what_is_read_or_updated_otherwise_as_well_is_not_accumulated() {
        // The map over `i` is the loop over `i` here, which stays one.
        for body in [
            "    for j in dace.map[0:N]:\n        for i in range(N):\n            A[j] += w[i, j]\n            A[j] *= w[j, i]",
            "    for j in dace.map[0:N]:\n        for i in range(N):\n            A[j] += w[i, j]\n            P[i, j] = A[j]",
        ] {
            assert_eq!(plan(PARAMETERS, body), "divides j", "{body}");
        }
    }
}
