//! Dependence between iterations: whether two different iterations of a loop or map may touch one element, at least one
//! of them writing.
//!
//! Read–write, write–read and write–write pairs all count. Writes with the same write-conflict resolution commute with
//! each other and conflict with all else; who runs iterations on threads asks where they meet ([`Analysis::met`]). Cheap tests of single subscripts come first; what they leave open goes, with
//! the domains of both iterations, to the exact solver ([`super::presburger`]).

use super::presburger::{Fact, Verdict, relevant, solve};
use super::scope::{
    access_counts, assign_facts, condition_facts, defined_symbols, is_symbolic, lattice, map_facts,
    private_to, range_facts,
};
use crate::diag::Span;
use crate::sdfg::{Block, Code, DataId, Eval, LoopKind, Map, Memlet, Node, Region, Sdfg, State};
use crate::symbolic::{Dim, Expr, Range, Subset, Sym};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// The iterations of a loop (one parameter) or of a map.
#[derive(Clone, Copy, Debug)]
pub struct Iterations<'a> {
    pub params: &'a [Sym],
    pub ranges: &'a [Range],
    /// Steps of maps are positive.
    pub map: bool,
}

impl<'a> Iterations<'a> {
    pub fn of(map: &'a Map) -> Self {
        Self {
            params: &map.params,
            ranges: &map.ranges,
            map: true,
        }
    }
}

/// An access that takes part in a conflict.
#[derive(Clone, Debug)]
pub struct Touch {
    pub memlet: Memlet,
    pub write: bool,
    pub span: Span,
}

/// Two accesses of different iterations that touch, or may touch, one element.
#[derive(Clone, Debug)]
pub struct Conflict {
    pub data: DataId,
    pub first: Touch,
    pub second: Touch,
    /// It happens for some sizes; else it could not be excluded.
    pub certain: bool,
    pub(super) facts: Vec<Fact>,
    pub(super) params: Vec<Sym>,
    pub(super) steps: Vec<Expr>,
    /// Symbols defined inside the body.
    pub(super) locals: BTreeSet<Sym>,
}

/// Finds dependences within one program, at one place in it.
pub struct Analysis<'a> {
    sdfg: &'a Sdfg,
    totals: BTreeMap<DataId, usize>,
    context: Vec<Fact>,
}

impl<'a> Analysis<'a> {
    /// `context`: what is known at the place (see [`super::scope::facts_at`]).
    pub fn new(sdfg: &'a Sdfg, context: Vec<Fact>) -> Self {
        Self {
            sdfg,
            totals: access_counts(&sdfg.body),
            context,
        }
    }

    /// The first conflict between different iterations of `body`, containers in `ignore` left out.
    pub fn conflict(
        &self,
        iterations: Iterations,
        body: &Region,
        ignore: &BTreeSet<DataId>,
    ) -> Option<Conflict> {
        let sites = self.collect(body, iterations, ignore);
        let pairs = Pairs::new(self, iterations, defined_symbols(body));
        for (k, first) in sites.iter().enumerate() {
            for second in &sites[k..] {
                if let Some(conflict) = pairs.test(first, second) {
                    return Some(conflict);
                }
            }
        }
        None
    }

    /// The containers that keep the iterations of `body` from being independent, with one conflict for each.
    pub fn conflicts(
        &self,
        iterations: Iterations,
        body: &Region,
        ignore: &BTreeSet<DataId>,
    ) -> BTreeMap<DataId, Conflict> {
        let sites = self.collect(body, iterations, ignore);
        let pairs = Pairs::new(self, iterations, defined_symbols(body));
        let mut found = BTreeMap::new();
        for (k, first) in sites.iter().enumerate() {
            for second in &sites[k..] {
                if !found.contains_key(&first.memlet.data)
                    && let Some(conflict) = pairs.test(first, second)
                {
                    found.insert(first.memlet.data, conflict);
                }
            }
        }
        found
    }

    /// The first conflict between an iteration of `first` and a different iteration of `second`, two bodies over the same
    /// iterations: without one the bodies may be run as one, `first` before `second` in each iteration.
    pub fn conflict_between(
        &self,
        iterations: Iterations,
        first: &Region,
        second: &Region,
        ignore: &BTreeSet<DataId>,
    ) -> Option<Conflict> {
        let (a, b) = (
            self.collect(first, iterations, ignore),
            self.collect(second, iterations, ignore),
        );
        let mut locals = defined_symbols(first);
        locals.extend(defined_symbols(second));
        let pairs = Pairs::new(self, iterations, locals);
        a.iter()
            .find_map(|x| b.iter().find_map(|y| pairs.test(x, y)))
    }

    /// The containers of which iterations of a map that differ in one parameter may touch the same element, at least one writing. Writes
    /// that combine count like all others: on two threads they meet as well.
    pub fn met(&self, map: &Map, param: usize, ignore: &BTreeSet<DataId>) -> BTreeSet<DataId> {
        let sites = self.collect(&map.body, Iterations::of(map), ignore);
        let pairs = self.pairs_of_threads(map, param);
        let mut found = BTreeSet::new();
        for (k, first) in sites.iter().enumerate() {
            for second in &sites[k..] {
                if !found.contains(&first.memlet.data) && pairs.test(first, second).is_some() {
                    found.insert(first.memlet.data);
                }
            }
        }
        found
    }

    /// Whether a write that the map does not have would meet its accesses, or itself, in iterations that differ in one parameter. `domain`: what
    /// holds where it would happen, beyond the range of that parameter.
    pub fn would_meet(
        &self,
        map: &Map,
        param: usize,
        ignore: &BTreeSet<DataId>,
        write: &Memlet,
        domain: Vec<Fact>,
    ) -> bool {
        let sites = self.collect(&map.body, Iterations::of(map), ignore);
        let pairs = self.pairs_of_threads(map, param);
        let mut facts = range_facts(&map.params[param], &map.ranges[param], true);
        facts.extend(domain);
        let new = Site {
            memlet: write,
            write: true,
            span: map.span,
            domain: facts,
            certain: false,
            other: OnceCell::new(),
        };
        sites
            .iter()
            .chain([&new])
            .any(|site| pairs.test(&new, site).is_some())
    }

    /// Pairs of accesses in iterations of a map that differ in one parameter, and may in all others.
    fn pairs_of_threads<'m>(&'m self, map: &'m Map, param: usize) -> Pairs<'m> {
        let mut locals = defined_symbols(&map.body);
        locals.extend(map.params.iter().cloned());
        locals.remove(&map.params[param]);
        let iterations = Iterations {
            params: std::slice::from_ref(&map.params[param]),
            ranges: std::slice::from_ref(&map.ranges[param]),
            map: true,
        };
        Pairs {
            commute: false,
            ..Pairs::new(self, iterations, locals)
        }
    }

    /// Whether two subsets of one container, in symbols that mean the same in both, are proved to share no element.
    pub fn disjoint(&self, a: &Subset, b: &Subset) -> bool {
        let Some(core) = overlap(a, b) else {
            return true;
        };
        let pool: Vec<&Fact> = self.context.iter().collect();
        solve(&relevant(core, &pool)) == Verdict::Infeasible
    }

    fn collect<'r>(
        &self,
        body: &'r Region,
        iterations: Iterations,
        ignore: &BTreeSet<DataId>,
    ) -> Vec<Site<'r>> {
        let mut collector = Collector {
            analysis: self,
            sites: Vec::new(),
            facts: Vec::new(),
            certain: true,
            from_data: Vec::new(),
            ignore: ignore.clone(),
        };
        for (param, range) in iterations.params.iter().zip(iterations.ranges) {
            collector
                .facts
                .extend(range_facts(param, range, iterations.map));
        }
        collector.region(body);
        let written: BTreeSet<DataId> = collector
            .sites
            .iter()
            .filter(|s| s.write)
            .map(|s| s.memlet.data)
            .collect();
        collector.sites.retain(|s| written.contains(&s.memlet.data));
        collector.sites
    }
}

/// One access and where it happens.
struct Site<'r> {
    memlet: &'r Memlet,
    write: bool,
    span: Span,
    /// What holds where it happens, beyond the context.
    domain: Vec<Fact>,
    /// It happens in every iteration that the domain allows, and touches all of the subset.
    certain: bool,
    /// The subset and domain in the symbols of the other iteration.
    other: OnceCell<(Subset, Vec<Fact>)>,
}

struct Collector<'a, 'r> {
    analysis: &'a Analysis<'a>,
    sites: Vec<Site<'r>>,
    facts: Vec<Fact>,
    certain: bool,
    /// Symbols whose value comes from data.
    from_data: Vec<Sym>,
    ignore: BTreeSet<DataId>,
}

impl<'r> Collector<'_, 'r> {
    fn add(&mut self, memlet: &'r Memlet, write: bool, span: Span) {
        if self.ignore.contains(&memlet.data)
            || self
                .sites
                .iter()
                .any(|s| s.write == write && s.memlet == memlet && s.domain == self.facts)
        {
            return;
        }
        self.sites.push(Site {
            memlet,
            write,
            span,
            domain: self.facts.clone(),
            certain: self.certain
                && !memlet.dynamic
                && !self.from_data.iter().any(|s| memlet.subset.contains_sym(s)),
            other: OnceCell::new(),
        });
    }

    fn eval(&mut self, eval: &'r Eval, span: Span) {
        for memlet in &eval.inputs {
            self.add(memlet, false, span);
        }
    }

    fn region(&mut self, region: &'r Region) {
        let (mark, certain) = (self.facts.len(), self.certain);
        for block in &region.blocks {
            match block {
                Block::State(state) => self.state(state),
                Block::Loop(l) => {
                    let (mark, certain) = (self.facts.len(), self.certain);
                    match &l.kind {
                        LoopKind::For { var, range } => {
                            self.facts.extend(range_facts(var, range, false));
                            self.certain &= !self.from_data.iter().any(|s| range.contains_sym(s));
                        }
                        LoopKind::While { cond } => {
                            self.eval(cond, l.span);
                            self.certain = false;
                        }
                    }
                    self.region(&l.body);
                    self.facts.truncate(mark);
                    self.certain = certain;
                }
                Block::Branch(b) => {
                    self.eval(&b.cond, b.span);
                    let (mark, certain) = (self.facts.len(), self.certain);
                    self.certain &= is_symbolic(&b.cond.code) && self.from_data.is_empty();
                    for (region, outcome) in [(&b.then, true), (&b.otherwise, false)] {
                        self.facts.extend(condition_facts(&b.cond.code, outcome));
                        self.region(region);
                        self.facts.truncate(mark);
                    }
                    self.certain = certain;
                }
                Block::Assign(a) => {
                    self.eval(&a.value, a.span);
                    self.facts.extend(assign_facts(a));
                    // Values of code that is not one expression count like data.
                    if !matches!(a.value.code, Code::Sym(_)) {
                        self.from_data.push(a.sym.clone());
                    }
                }
                Block::Break | Block::Continue | Block::Return => self.certain = false,
            }
        }
        self.facts.truncate(mark);
        self.certain = certain;
    }

    fn state(&mut self, state: &'r State) {
        for node in state.computations() {
            let span = match &state.graph[node] {
                Node::Map(map) => {
                    let private = private_to(self.analysis.sdfg, &self.analysis.totals, &map.body);
                    let added: Vec<DataId> = private
                        .into_iter()
                        .filter(|d| self.ignore.insert(*d))
                        .collect();
                    let (mark, certain) = (self.facts.len(), self.certain);
                    self.facts.extend(map_facts(map));
                    self.certain &= !self
                        .from_data
                        .iter()
                        .any(|s| map.ranges.iter().any(|r| r.contains_sym(s)));
                    self.region(&map.body);
                    self.facts.truncate(mark);
                    self.certain = certain;
                    for data in added {
                        self.ignore.remove(&data);
                    }
                    continue;
                }
                Node::Tasklet(t) => t.span,
                Node::Library(l) => l.span,
                Node::Nested(n) => n.span,
                Node::Access(_) => state.span,
            };
            for memlet in state.inputs(node) {
                self.add(memlet, false, span);
            }
            for memlet in state.outputs(node) {
                self.add(memlet, true, span);
            }
        }
    }
}

/// The name that a symbol of one iteration has in the other.
pub(super) fn primed(symbol: &Sym) -> Sym {
    Sym::new(&format!("{symbol}'"))
}

/// Tests pairs of accesses.
struct Pairs<'a> {
    analysis: &'a Analysis<'a>,
    iterations: Iterations<'a>,
    /// Symbols that have a value of their own in each iteration: the parameters and what the bodies define.
    renamed: BTreeMap<Sym, Expr>,
    locals: BTreeSet<Sym>,
    context: Vec<&'a Fact>,
    /// Writes of one resolution do not conflict.
    commute: bool,
}

impl<'a> Pairs<'a> {
    fn new(analysis: &'a Analysis<'a>, iterations: Iterations<'a>, locals: BTreeSet<Sym>) -> Self {
        let mut renamed = BTreeMap::new();
        for symbol in iterations.params.iter().chain(&locals) {
            renamed.insert(symbol.clone(), Expr::from(primed(symbol)));
            let counter = lattice(symbol);
            let other = Expr::from(primed(&counter));
            renamed.insert(counter, other);
        }
        Self {
            analysis,
            iterations,
            renamed,
            locals,
            context: analysis.context.iter().collect(),
            commute: true,
        }
    }

    fn test(&self, first: &Site, second: &Site) -> Option<Conflict> {
        if first.memlet.data != second.memlet.data || !(first.write || second.write) {
            return None;
        }
        if self.commute
            && first.write
            && second.write
            && first.memlet.wcr.is_some()
            && first.memlet.wcr == second.memlet.wcr
        {
            return None;
        }
        if self.quick(&first.memlet.subset, &second.memlet.subset) {
            return None;
        }
        let (other_subset, other_domain) = second.other.get_or_init(|| {
            let replace = |s: &Sym| self.renamed.get(s).cloned();
            (
                second.memlet.subset.subs(&replace),
                second.domain.iter().map(|f| f.subs(&replace)).collect(),
            )
        });
        let same_element = overlap(&first.memlet.subset, other_subset)?;
        let mut pool: Vec<&Fact> = first.domain.iter().chain(other_domain).collect();
        pool.extend(&self.context);
        let shape = &self.analysis.sdfg.desc(first.memlet.data).shape;
        let mut verdict = Verdict::Infeasible;
        let mut facts = Vec::new();
        for different in self.different(std::ptr::eq(first, second)) {
            let mut core = different;
            core.extend(same_element.iter().cloned());
            facts = relevant(core, &pool);
            verdict = solve(&facts);
            if verdict != Verdict::Infeasible {
                // An access out of bounds is an error: both are inside.
                let mut core = std::mem::take(&mut facts);
                core.extend(inside(&first.memlet.subset, shape));
                core.extend(inside(other_subset, shape));
                facts = relevant(core, &pool);
                verdict = solve(&facts);
            }
            if verdict != Verdict::Infeasible {
                break;
            }
        }
        if verdict == Verdict::Infeasible {
            return None;
        }
        let touch = |site: &Site| Touch {
            memlet: site.memlet.clone(),
            write: site.write,
            span: site.span,
        };
        Some(Conflict {
            data: first.memlet.data,
            first: touch(first),
            second: touch(second),
            certain: verdict == Verdict::Feasible && first.certain && second.certain,
            facts,
            params: self.iterations.params.to_vec(),
            steps: self
                .iterations
                .ranges
                .iter()
                .map(|r| r.step.clone())
                .collect(),
            locals: self.locals.clone(),
        })
    }

    /// The ways in which two iterations differ: in the first parameter that differs, up or down by a step at least.
    /// For an access and itself one direction says all.
    fn different(&self, symmetric: bool) -> Vec<Vec<Fact>> {
        let mut cases = Vec::new();
        let mut equal: Vec<Fact> = Vec::new();
        for (param, range) in self.iterations.params.iter().zip(self.iterations.ranges) {
            let (a, b) = (Expr::from(param), Expr::from(primed(param)));
            let least = match range.step.as_int() {
                Some(step) => Expr::int(step.abs().max(1)),
                None if self.iterations.map => range.step.clone(),
                None => Expr::one(),
            };
            let mut up = equal.clone();
            up.push(Fact::le(&(&a + &least), &b));
            cases.push(up);
            if !symmetric {
                let mut down = equal.clone();
                down.push(Fact::le(&(&b + &least), &a));
                cases.push(down);
            }
            equal.push(Fact::eq(&a, &b));
        }
        cases
    }

    /// Proved without the solver: no element is touched in two different iterations, since single subscripts
    /// `c * param + rest` say how far apart the iterations would have to be.
    fn quick(&self, first: &Subset, second: &Subset) -> bool {
        let mut equal = vec![false; self.iterations.params.len()];
        for (a, b) in first.0.iter().zip(&second.0) {
            let (Dim::Index(a), Dim::Index(b)) = (a, b) else {
                continue;
            };
            if self.locals.iter().any(|s| a.contains(s) || b.contains(s)) {
                continue;
            }
            let used: Vec<usize> = (0..self.iterations.params.len())
                .filter(|k| {
                    let param = &self.iterations.params[*k];
                    a.contains(param) || b.contains(param)
                })
                .collect();
            match used.as_slice() {
                [] if (a - b).as_int().is_some_and(|d| d != 0) => return true,
                [k] => {
                    let param = &self.iterations.params[*k];
                    let (Some((ca, ra)), Some((cb, rb))) = (a.linear_in(param), b.linear_in(param))
                    else {
                        continue;
                    };
                    let (Some(c), Some(distance)) =
                        (ca.as_int().filter(|c| *c != 0), (ra - rb).as_int())
                    else {
                        continue;
                    };
                    if ca != cb {
                        continue;
                    }
                    let step = self.iterations.ranges[*k].step.as_int().unwrap_or(1);
                    if distance % c != 0 || (step != 0 && (distance / c) % step != 0) {
                        return true;
                    }
                    equal[*k] |= distance == 0;
                }
                _ => {}
            }
        }
        equal.iter().all(|e| *e) && !equal.is_empty()
    }
}

/// Both subsets hold one element; `None` when plainly not.
fn overlap(first: &Subset, second: &Subset) -> Option<Vec<Fact>> {
    let mut facts = Vec::new();
    for (k, (a, b)) in first.0.iter().zip(&second.0).enumerate() {
        if let (Dim::Index(a), Dim::Index(b)) = (a, b) {
            let difference = a - b;
            match difference.as_int() {
                Some(0) => {}
                Some(_) => return None,
                None => facts.push(Fact::Zero(difference)),
            }
            continue;
        }
        let element = match (a, b) {
            (Dim::Index(e), _) | (_, Dim::Index(e)) => e.clone(),
            _ => Expr::sym(Sym::new(&format!("#{k}"))),
        };
        for (dim, side) in [(a, 'a'), (b, 'b')] {
            if let Dim::Range(range) = dim {
                let counter = Expr::sym(Sym::new(&format!("#{k}{side}")));
                facts.extend(member(&element, range, counter));
            }
        }
    }
    Some(facts)
}

/// `element` is in the range; `counter` is a symbol of its own.
fn member(element: &Expr, range: &Range, counter: Expr) -> Vec<Fact> {
    let Some(step) = range.step.as_int() else {
        // Of unknown sign: between the ends, whichever is first.
        return vec![Fact::Any(vec![
            vec![
                Fact::le(&range.begin, element),
                Fact::lt(element, &range.end),
            ],
            vec![
                Fact::le(element, &range.begin),
                Fact::lt(&range.end, element),
            ],
        ])];
    };
    let mut facts = if step >= 0 {
        vec![
            Fact::le(&range.begin, element),
            Fact::lt(element, &range.end),
        ]
    } else {
        vec![
            Fact::le(element, &range.begin),
            Fact::lt(&range.end, element),
        ]
    };
    if step.abs() > 1 {
        facts.push(Fact::eq(
            element,
            &(&range.begin + counter * Expr::int(step)),
        ));
    }
    facts
}

/// Single indices lie within the shape.
fn inside(subset: &Subset, shape: &[Expr]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (dim, size) in subset.0.iter().zip(shape) {
        if let Dim::Index(e) = dim {
            facts.push(Fact::Nonneg(e.clone()));
            facts.push(Fact::lt(e, size));
        }
    }
    facts
}
