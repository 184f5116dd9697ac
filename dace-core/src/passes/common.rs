//! What passes ask of a program: footprints, whether two blocks may change places, facts at a place, fresh names.

use crate::analysis::scope::access_counts_of;
use crate::sdfg::{
    Assign, Block, Code, DataId, Eval, Library, LoopKind, Map, Memlet, Node, Region, Sdfg, State,
    Tasklet, propagate_block,
};
use crate::symbolic::{Dim, Expr, Facts, Range, Subset, Sym};
use petgraph::stable_graph::NodeIndex;
use petgraph::visit::{EdgeRef, IntoEdgeReferences};
use std::collections::{BTreeMap, BTreeSet};

/// What a block does to the world around it.
#[derive(Clone, Debug, Default)]
pub struct Footprint {
    pub reads: BTreeMap<DataId, Memlet>,
    /// A memlet carries a resolution only if all writes to its container do.
    pub writes: BTreeMap<DataId, Memlet>,
    /// Free symbols, those of the shapes of what it touches included.
    pub uses: BTreeSet<Sym>,
    /// Symbols that it assigns.
    pub assigns: BTreeSet<Sym>,
    /// It may leave the sequence it stands in.
    pub jumps: bool,
}

/// The shapes of all containers.
pub fn shapes(sdfg: &Sdfg) -> Vec<Vec<Expr>> {
    sdfg.data.iter().map(|d| d.shape.clone()).collect()
}

impl Footprint {
    pub fn of(block: &Block, shapes: &[Vec<Expr>]) -> Self {
        let (reads, writes) = propagate_block(block, shapes);
        let mut print = Self {
            reads,
            writes,
            ..Self::default()
        };
        let mut gather = Symbols::default();
        gather.block(block, 0);
        print.uses = gather.uses;
        for data in print.reads.keys().chain(print.writes.keys()) {
            for e in &shapes[data.0 as usize] {
                e.collect_symbols(&mut print.uses);
            }
        }
        print.assigns = gather.assigns;
        print.jumps = gather.jumps;
        print
    }

    /// Proved that two neighbours may change places.
    pub fn commutes(&self, other: &Self, facts: &Facts) -> bool {
        !self.jumps
            && !other.jumps
            && self.assigns.is_disjoint(&other.uses)
            && other.assigns.is_disjoint(&self.uses)
            && self.assigns.is_disjoint(&other.assigns)
            && no_conflict(&self.writes, &other.writes, facts)
            && no_conflict(&self.writes, &other.reads, facts)
            && no_conflict(&self.reads, &other.writes, facts)
    }

    pub fn touches(&self, data: DataId) -> bool {
        self.reads.contains_key(&data) || self.writes.contains_key(&data)
    }
}

fn no_conflict(a: &BTreeMap<DataId, Memlet>, b: &BTreeMap<DataId, Memlet>, facts: &Facts) -> bool {
    a.iter().all(|(data, x)| {
        b.get(data).is_none_or(|y| {
            (x.wcr.is_some() && x.wcr == y.wcr) || disjoint(&x.subset, &y.subset, facts)
        })
    })
}

/// Proved to share no element.
pub fn disjoint(a: &Subset, b: &Subset, facts: &Facts) -> bool {
    a.0.iter().zip(&b.0).any(|(x, y)| {
        let known = |d: &Dim| !matches!(d, Dim::Range(r) if r.step.as_int().is_none());
        let ((low_x, high_x), (low_y, high_y)) = (x.hull(), y.hull());
        known(x) && known(y) && (facts.lt(&high_x, &low_y) || facts.lt(&high_y, &low_x))
    })
}

/// The symbols of a piece of program: used freely, assigned, and whether it jumps out.
#[derive(Default)]
struct Symbols {
    uses: BTreeSet<Sym>,
    assigns: BTreeSet<Sym>,
    jumps: bool,
}

impl Symbols {
    fn region(&mut self, region: &Region, loops: usize) {
        region.blocks.iter().for_each(|b| self.block(b, loops));
    }
    fn eval(&mut self, eval: &Eval) {
        self.code(&eval.code);
        eval.inputs.iter().for_each(|m| self.subset(&m.subset));
    }
    fn code(&mut self, code: &Code) {
        code.visit(&mut |c| {
            if let Code::Sym(e) = c {
                e.collect_symbols(&mut self.uses);
            }
        });
    }
    fn range(&mut self, r: &Range) {
        for e in [&r.begin, &r.end, &r.step] {
            e.collect_symbols(&mut self.uses);
        }
    }
    fn subset(&mut self, subset: &Subset) {
        for dim in &subset.0 {
            match dim {
                Dim::Index(e) => e.collect_symbols(&mut self.uses),
                Dim::Range(r) => self.range(r),
            }
        }
    }
    /// Names are unique, so a symbol bound inside is used nowhere else: it is taken out again.
    fn block(&mut self, block: &Block, loops: usize) {
        match block {
            Block::State(state) => self.state(state),
            Block::Loop(l) => match &l.kind {
                LoopKind::For { var, range } => {
                    self.region(&l.body, loops + 1);
                    self.uses.remove(var);
                    self.range(range);
                }
                LoopKind::While { cond } => {
                    self.eval(cond);
                    self.region(&l.body, loops + 1);
                }
            },
            Block::Branch(b) => {
                self.eval(&b.cond);
                self.region(&b.then, loops);
                self.region(&b.otherwise, loops);
            }
            Block::Assign(a) => {
                self.eval(&a.value);
                a.low
                    .iter()
                    .chain(&a.high)
                    .for_each(|e| e.collect_symbols(&mut self.uses));
                self.assigns.insert(a.sym.clone());
            }
            Block::Break | Block::Continue => self.jumps |= loops == 0,
            Block::Return => self.jumps = true,
        }
    }
    fn state(&mut self, state: &State) {
        for edge in (&state.graph).edge_references() {
            // Edges of maps repeat what their bodies say, and may be out of date.
            if let Some(m) = &edge.weight().memlet
                && ![edge.source(), edge.target()]
                    .iter()
                    .any(|n| matches!(state.graph[*n], Node::Map(_)))
            {
                self.subset(&m.subset);
            }
        }
        for node in state.graph.node_weights() {
            match node {
                Node::Tasklet(t) => {
                    self.code(&t.code);
                    t.guard
                        .iter()
                        .chain(t.index.iter().flatten())
                        .for_each(|c| self.code(c));
                }
                Node::Map(map) => {
                    self.region(&map.body, 0);
                    for p in &map.params {
                        self.uses.remove(p);
                    }
                    map.ranges.iter().for_each(|r| self.range(r));
                }
                Node::Nested(n) => n
                    .symbols
                    .iter()
                    .for_each(|(_, e)| e.collect_symbols(&mut self.uses)),
                Node::Access(_) | Node::Library(_) => {}
            }
        }
    }
}

/// All symbols that a region defines: loop variables, map parameters, assignments.
pub fn defined_symbols(region: &Region) -> BTreeSet<Sym> {
    let mut found = BTreeSet::new();
    define(region, &mut found);
    found
}

fn define(region: &Region, found: &mut BTreeSet<Sym>) {
    for block in &region.blocks {
        match block {
            Block::State(state) => {
                for node in state.graph.node_weights() {
                    if let Node::Map(map) = node {
                        found.extend(map.params.iter().cloned());
                        define(&map.body, found);
                    }
                }
            }
            Block::Loop(l) => {
                if let LoopKind::For { var, .. } = &l.kind {
                    found.insert(var.clone());
                }
                define(&l.body, found);
            }
            Block::Branch(b) => {
                define(&b.then, found);
                define(&b.otherwise, found);
            }
            Block::Assign(a) => {
                found.insert(a.sym.clone());
            }
            _ => {}
        }
    }
}

/// Every symbol name in use, free or defined.
pub fn all_symbols(sdfg: &Sdfg) -> BTreeSet<Sym> {
    let mut found = defined_symbols(&sdfg.body);
    found.extend(global_symbols(sdfg));
    found
}

/// Symbols whose value is fixed for the whole call.
pub fn global_symbols(sdfg: &Sdfg) -> BTreeSet<Sym> {
    let mut found: BTreeSet<Sym> = sdfg.symbols.iter().cloned().collect();
    for p in &sdfg.params {
        if let crate::sdfg::ParamKind::Symbol(s, _) = &p.kind {
            found.insert(s.clone());
        }
    }
    found
}

/// `base`, or `base_2`, `base_3`, … : the first that is not taken. It is then.
pub fn fresh(base: &Sym, taken: &mut BTreeSet<Sym>) -> Sym {
    let mut name = base.clone();
    let mut n = 2;
    while taken.contains(&name) {
        name = Sym::new(&format!("{base}_{n}"));
        n += 1;
    }
    taken.insert(name.clone());
    name
}

/// What is known everywhere in a program: sizes are sizes.
pub fn global_facts(sdfg: &Sdfg) -> Facts {
    let mut facts = Facts::new();
    for s in &sdfg.symbols {
        facts.size(s);
    }
    for p in &sdfg.params {
        if let crate::sdfg::ParamKind::Symbol(s, dtype) = &p.kind {
            let (low, high) = dtype.int_range();
            facts.bound(s, Some(Expr::big(low)), Some(Expr::big(high)));
        }
    }
    for desc in sdfg.data.iter().filter(|d| !d.transient) {
        for size in &desc.shape {
            facts.dimension(size);
        }
    }
    facts
}

/// Adds that `sym` takes a value of `range`.
pub fn assume_in(facts: &mut Facts, sym: &Sym, range: &Range) {
    match range.step.as_int() {
        Some(s) if s > 0 => facts.bound(sym, Some(range.begin.clone()), Some(&range.end - 1)),
        Some(s) if s < 0 => facts.bound(sym, Some(&range.end + 1), Some(range.begin.clone())),
        _ => facts.bound(sym, None, None),
    }
}

/// Adds what holds inside a map.
pub fn assume_map(facts: &mut Facts, map: &Map) {
    for (p, r) in map.params.iter().zip(&map.ranges) {
        assume_in(facts, p, r);
    }
}

/// Adds what holds after an assignment, whose check has been passed.
pub fn assume_assign(facts: &mut Facts, assign: &Assign) {
    let value = match &assign.value.code {
        Code::Sym(e) => Some(e),
        _ => None,
    };
    facts.bound(
        &assign.sym,
        value.or(assign.low.as_ref()).cloned(),
        value.or(assign.high.as_ref()).cloned(),
    );
    if let Some(value) = value {
        if let Some(low) = &assign.low {
            facts.assume_nonneg(value - low);
        }
        if let Some(high) = &assign.high {
            facts.assume_nonneg(high - value);
        }
    }
}

/// Where a region stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Program,
    Map,
    Loop,
    Branch,
}

type Visitor<'a> = dyn FnMut(&mut Sdfg, &mut Region, &Facts, Place) + 'a;

/// Visits the regions of a program, outer ones first, with what is known at the start of each.
pub fn walk(sdfg: &mut Sdfg, f: &mut Visitor<'_>) {
    let mut facts = global_facts(sdfg);
    let mut body = std::mem::take(&mut sdfg.body);
    walk_region(sdfg, &mut body, &mut facts, Place::Program, f);
    sdfg.body = body;
}

fn walk_region(
    sdfg: &mut Sdfg,
    region: &mut Region,
    facts: &mut Facts,
    place: Place,
    f: &mut Visitor<'_>,
) {
    f(sdfg, region, facts, place);
    let start = facts.mark();
    for block in &mut region.blocks {
        let mark = facts.mark();
        match block {
            Block::State(state) => {
                for node in state.graph.node_weights_mut() {
                    if let Node::Map(map) = node {
                        assume_map(facts, map);
                        walk_region(sdfg, &mut map.body, facts, Place::Map, f);
                        facts.truncate(mark);
                    }
                }
            }
            Block::Loop(l) => {
                if let LoopKind::For { var, range } = &l.kind {
                    assume_in(facts, var, range);
                }
                walk_region(sdfg, &mut l.body, facts, Place::Loop, f);
                facts.truncate(mark);
            }
            Block::Branch(b) => {
                walk_region(sdfg, &mut b.then, facts, Place::Branch, f);
                walk_region(sdfg, &mut b.otherwise, facts, Place::Branch, f);
            }
            Block::Assign(a) => assume_assign(facts, a),
            Block::Break | Block::Continue | Block::Return => {}
        }
    }
    facts.truncate(start);
}

/// How often each container is accessed in a region (each memlet once).
pub use crate::analysis::scope::access_counts as count_accesses;

/// How often each container is accessed in a block.
pub fn count_in_block(block: &Block) -> BTreeMap<DataId, usize> {
    access_counts_of(std::slice::from_ref(block))
}

/// The only computation of a block, if it is a state of one.
pub fn single(block: &Block) -> Option<(&State, NodeIndex<u32>)> {
    let Block::State(state) = block else {
        return None;
    };
    let mut found = state
        .graph
        .node_indices()
        .filter(|n| !matches!(state.graph[*n], Node::Access(_)));
    let node = found.next()?;
    found.next().is_none().then_some((state, node))
}

/// The map of a block that is one map and nothing else.
pub fn as_map(block: &Block) -> Option<&Map> {
    let (state, node) = single(block)?;
    if let Node::Map(map) = &state.graph[node] {
        Some(map)
    } else {
        None
    }
}

/// See [`as_map`].
pub fn as_map_mut(block: &mut Block) -> Option<&mut Map> {
    let node = single(block)?.1;
    let Block::State(state) = block else {
        return None;
    };
    if let Node::Map(map) = &mut state.graph[node] {
        Some(map)
    } else {
        None
    }
}

/// A tasklet with its memlets, out of its state.
#[derive(Clone, Debug)]
pub struct Alone {
    pub tasklet: Tasklet,
    pub inputs: Vec<Memlet>,
    pub output: Memlet,
}

impl Alone {
    /// The tasklet of a block that is one tasklet and nothing else.
    pub fn of(block: &Block) -> Option<Self> {
        let (state, node) = single(block)?;
        let Node::Tasklet(tasklet) = &state.graph[node] else {
            return None;
        };
        let inputs = state.inputs(node).into_iter().cloned().collect();
        let output = state.outputs(node).first().map(|m| (*m).clone())?;
        Some(Self {
            tasklet: tasklet.clone(),
            inputs,
            output,
        })
    }
    pub fn into_block(self) -> Block {
        Block::State(State::of_tasklet(self.tasklet, self.inputs, self.output))
    }
    /// Whether it writes one element, always, and overwrites it.
    pub fn writes_plainly(&self) -> bool {
        self.tasklet.guard.is_none()
            && self.tasklet.index.is_none()
            && self.output.wcr.is_none()
            && !self.output.dynamic
    }
    /// All code of the tasklet.
    pub fn codes_mut(&mut self) -> impl Iterator<Item = &mut Code> {
        std::iter::once(&mut self.tasklet.code)
            .chain(self.tasklet.guard.iter_mut())
            .chain(self.tasklet.index.iter_mut().flatten())
    }
    pub fn codes(&self) -> impl Iterator<Item = &Code> {
        std::iter::once(&self.tasklet.code)
            .chain(self.tasklet.guard.iter())
            .chain(self.tasklet.index.iter().flatten())
    }
    /// Drops inputs that no code names, and merges equal ones.
    pub fn tidy_inputs(&mut self) {
        let mut used: BTreeSet<usize> = BTreeSet::new();
        for code in self.codes() {
            used.extend(connectors(code));
        }
        let mut kept: Vec<Memlet> = Vec::new();
        let mut number: BTreeMap<usize, usize> = BTreeMap::new();
        for k in used {
            let Some(m) = self.inputs.get(k) else {
                continue;
            };
            let at = kept.iter().position(|x| x == m).unwrap_or_else(|| {
                kept.push(m.clone());
                kept.len() - 1
            });
            number.insert(k, at);
        }
        for code in self.codes_mut() {
            code.map_inputs(&|k| number.get(&k).copied().unwrap_or(k));
        }
        self.inputs = kept;
    }
}

/// The input connectors that a code names, each occurrence once.
pub fn connectors(code: &Code) -> Vec<usize> {
    let mut found = Vec::new();
    code.visit(&mut |c| {
        if let Code::In(k) | Code::Load(k, _) = c {
            found.push(*k);
        }
    });
    found
}

/// Same as [`Alone`], for a library node.
#[derive(Clone, Debug)]
pub struct AloneLibrary {
    pub library: Library,
    pub inputs: Vec<Memlet>,
    pub outputs: Vec<Memlet>,
}

impl AloneLibrary {
    pub fn of(block: &Block) -> Option<Self> {
        let (state, node) = single(block)?;
        let Node::Library(library) = &state.graph[node] else {
            return None;
        };
        Some(Self {
            library: library.clone(),
            inputs: state.inputs(node).into_iter().cloned().collect(),
            outputs: state.outputs(node).into_iter().cloned().collect(),
        })
    }
    pub fn into_block(self) -> Block {
        Block::State(State::of_library(self.library, self.inputs, self.outputs))
    }
}

/// Whether a block writes the whole container before anything reads it.
pub fn overwrites(block: &Block, data: DataId, shape: &[Expr], facts: &Facts) -> bool {
    if let Some(map) = as_map(block) {
        return matches!(map.body.blocks.as_slice(), [one]
        if Alone::of(one).is_some_and(|t| {
            t.output.data == data
                && t.writes_plainly()
                && t.inputs.iter().all(|m| m.data != data)
                && super::dead_code::covers(map, &t.output, shape, facts)
        }));
    }
    let Some((state, node)) = single(block) else {
        return false;
    };
    let plain = match &state.graph[node] {
        Node::Tasklet(t) => t.guard.is_none() && t.index.is_none(),
        Node::Library(_) => true,
        _ => false,
    };
    plain
        && state.inputs(node).iter().all(|m| m.data != data)
        && state.outputs(node).iter().any(|m| {
            m.data == data && m.wcr.is_none() && !m.dynamic && m.subset.covers(shape, facts)
        })
}

/// The subset of the outer container that `inner`, a subset of the region `outer`, denotes.
pub fn compose(outer: &Subset, inner: &Subset) -> Option<Subset> {
    let mut rest = inner.0.iter();
    let mut dims = Vec::with_capacity(outer.rank());
    for dim in &outer.0 {
        dims.push(match dim {
            Dim::Index(e) => Dim::Index(e.clone()),
            Dim::Range(r) => match rest.next()? {
                Dim::Index(k) => Dim::Index(&r.begin + &(&r.step * k)),
                Dim::Range(k) => Dim::Range(Range {
                    begin: &r.begin + &(&r.step * &k.begin),
                    end: &r.begin + &(&r.step * &k.end),
                    step: &r.step * &k.step,
                }),
            },
        });
    }
    rest.next().is_none().then_some(Subset(dims))
}

/// Replaces every memlet of `data` by what `f` makes of its subset.
pub fn replace_data(region: &mut Region, data: DataId, f: &mut dyn FnMut(&Memlet) -> Memlet) {
    region.visit_memlets_mut(&mut |m| {
        if m.data == data {
            *m = f(m);
        }
    });
    rebuild_access(region);
}

/// Gives access nodes the container that their edges name.
pub fn rebuild_access(region: &mut Region) {
    region.visit_regions_mut(&mut |r| {
        for block in &mut r.blocks {
            let Block::State(state) = block else { continue };
            let nodes: Vec<_> = state.graph.node_indices().collect();
            for node in nodes {
                if !matches!(state.graph[node], Node::Access(_)) {
                    continue;
                }
                let named = state
                    .graph
                    .edges_directed(node, petgraph::Direction::Incoming)
                    .chain(
                        state
                            .graph
                            .edges_directed(node, petgraph::Direction::Outgoing),
                    )
                    .find_map(|e| e.weight().memlet.as_ref().map(|m| m.data));
                if let Some(data) = named {
                    state.graph[node] = Node::Access(data);
                }
            }
        }
    });
}
