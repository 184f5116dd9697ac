//! Walks over an SDFG: what a region reads and writes, and substitution of symbols.

use super::{Block, DataId, Eval, LoopKind, Memlet, Node, Region, State};
use crate::symbolic::{Expr, Sym};

/// One access to a container, in the coordinates and symbols of where it stands.
#[derive(Clone, Debug)]
pub struct Access<'a> {
    pub memlet: &'a Memlet,
    pub write: bool,
}

/// The reads and writes of a state, those inside its maps included (in terms of the maps' parameters); a node's reads come before its writes.
pub fn accesses_of_state<'a>(state: &'a State, f: &mut dyn FnMut(Access<'a>)) {
    for node in state.computations() {
        if let Node::Map(map) = &state.graph[node] {
            accesses_of_region(&map.body, f);
            continue;
        }
        for memlet in state.inputs(node) {
            f(Access {
                memlet,
                write: false,
            });
        }
        for memlet in state.outputs(node) {
            f(Access {
                memlet,
                write: true,
            });
        }
    }
}

/// The reads and writes of a region in program order.
pub fn accesses_of_region<'a>(region: &'a Region, f: &mut dyn FnMut(Access<'a>)) {
    let eval = |e: &'a Eval, f: &mut dyn FnMut(Access<'a>)| {
        e.inputs.iter().for_each(|memlet| {
            f(Access {
                memlet,
                write: false,
            })
        })
    };
    for block in &region.blocks {
        match block {
            Block::State(state) => accesses_of_state(state, f),
            Block::Loop(l) => {
                if let LoopKind::While { cond } = &l.kind {
                    eval(cond, f);
                }
                accesses_of_region(&l.body, f);
            }
            Block::Branch(b) => {
                eval(&b.cond, f);
                accesses_of_region(&b.then, f);
                accesses_of_region(&b.otherwise, f);
            }
            Block::Assign(a) => eval(&a.value, f),
            Block::Break | Block::Continue | Block::Return => {}
        }
    }
}

impl Region {
    /// Visits all regions below this one and itself, inner ones first (bodies of loops, branches and maps; not nested SDFGs).
    pub fn visit_regions_mut(&mut self, f: &mut dyn FnMut(&mut Self)) {
        for block in &mut self.blocks {
            match block {
                Block::State(state) => {
                    for node in state.graph.node_weights_mut() {
                        if let Node::Map(map) = node {
                            map.body.visit_regions_mut(f);
                        }
                    }
                }
                Block::Loop(l) => l.body.visit_regions_mut(f),
                Block::Branch(b) => {
                    b.then.visit_regions_mut(f);
                    b.otherwise.visit_regions_mut(f);
                }
                _ => {}
            }
        }
        f(self);
    }

    /// Visits every memlet (propagated ones on the edges of maps included), mutably.
    pub fn visit_memlets_mut(&mut self, f: &mut dyn FnMut(&mut Memlet)) {
        self.visit_regions_mut(&mut |region| {
            for block in &mut region.blocks {
                match block {
                    Block::State(state) => state
                        .graph
                        .edge_weights_mut()
                        .filter_map(|e| e.memlet.as_mut())
                        .for_each(&mut *f),
                    Block::Loop(l) => {
                        if let LoopKind::While { cond } = &mut l.kind {
                            cond.inputs.iter_mut().for_each(&mut *f);
                        }
                    }
                    Block::Branch(b) => b.cond.inputs.iter_mut().for_each(&mut *f),
                    Block::Assign(a) => a.value.inputs.iter_mut().for_each(&mut *f),
                    _ => {}
                }
            }
        });
    }

    /// Replaces one container by another everywhere (access nodes and memlets).
    pub fn rename_data(&mut self, from: DataId, to: DataId) {
        self.visit_memlets_mut(&mut |m| {
            if m.data == from {
                m.data = to;
            }
        });
        self.visit_regions_mut(&mut |region| {
            for block in &mut region.blocks {
                if let Block::State(state) = block {
                    for node in state.graph.node_weights_mut() {
                        if let Node::Access(d) = node
                            && *d == from
                        {
                            *d = to;
                        }
                    }
                }
            }
        });
    }

    /// Rewrites every symbolic expression: in memlets, codes, ranges.
    pub fn map_exprs(&mut self, f: &mut dyn FnMut(&Expr) -> Expr) {
        for block in &mut self.blocks {
            match block {
                Block::State(state) => state.map_exprs(f),
                Block::Loop(l) => {
                    match &mut l.kind {
                        LoopKind::For { range, .. } => *range = range.map(f),
                        LoopKind::While { cond } => cond.map_exprs(f),
                    }
                    l.body.map_exprs(f);
                }
                Block::Branch(b) => {
                    b.cond.map_exprs(f);
                    b.then.map_exprs(f);
                    b.otherwise.map_exprs(f);
                }
                Block::Assign(a) => {
                    a.value.map_exprs(f);
                    a.low = a.low.as_ref().map(&mut *f);
                    a.high = a.high.as_ref().map(&mut *f);
                }
                Block::Break | Block::Continue | Block::Return => {}
            }
        }
    }

    /// Replaces symbols everywhere: memlets, codes, ranges. Where a symbol that is *defined* here (loop variable, map parameter, assignment) is replaced by
    /// another symbol, its definition is renamed too.
    pub fn subs(&mut self, replace: &dyn Fn(&Sym) -> Option<Expr>) {
        self.visit_regions_mut(&mut |region| {
            for block in &mut region.blocks {
                match block {
                    Block::State(state) => state.rename_definitions(replace),
                    Block::Loop(l) => {
                        if let LoopKind::For { var, .. } = &mut l.kind {
                            rename(var, replace);
                        }
                    }
                    Block::Assign(a) => rename(&mut a.sym, replace),
                    _ => {}
                }
            }
        });
        self.map_exprs(&mut |e| e.subs(replace));
    }
}

/// Renames the definition of a symbol that is replaced by another symbol.
fn rename(defined: &mut Sym, replace: &dyn Fn(&Sym) -> Option<Expr>) {
    if let Some(e) = replace(defined)
        && let Some(new) = e.as_sym()
    {
        *defined = new.clone();
    }
}

impl Eval {
    /// Rewrites every symbolic expression.
    fn map_exprs(&mut self, f: &mut dyn FnMut(&Expr) -> Expr) {
        self.code.map_exprs(f);
        for m in &mut self.inputs {
            m.subset = m.subset.map(f);
        }
    }
}

impl State {
    /// See [`Region::map_exprs`].
    pub fn map_exprs(&mut self, f: &mut dyn FnMut(&Expr) -> Expr) {
        for edge in self.graph.edge_weights_mut() {
            if let Some(m) = &mut edge.memlet {
                m.subset = m.subset.map(f);
            }
        }
        for node in self.graph.node_weights_mut() {
            match node {
                Node::Tasklet(t) => {
                    t.code.map_exprs(f);
                    for code in t.guard.iter_mut().chain(t.index.iter_mut().flatten()) {
                        code.map_exprs(f);
                    }
                }
                Node::Map(map) => {
                    for r in &mut map.ranges {
                        *r = r.map(f);
                    }
                    map.body.map_exprs(f);
                }
                Node::Nested(nested) => nested.symbols.iter_mut().for_each(|(_, e)| *e = f(e)),
                Node::Access(_) | Node::Library(_) => {}
            }
        }
    }

    /// The parameters of the state's own maps; see [`Region::subs`].
    fn rename_definitions(&mut self, replace: &dyn Fn(&Sym) -> Option<Expr>) {
        for node in self.graph.node_weights_mut() {
            if let Node::Map(map) = node {
                map.params.iter_mut().for_each(|p| rename(p, replace));
            }
        }
    }

    /// See [`Region::subs`].
    pub fn subs(&mut self, replace: &dyn Fn(&Sym) -> Option<Expr>) {
        self.rename_definitions(replace);
        for node in self.graph.node_weights_mut() {
            if let Node::Map(map) = node {
                map.body.subs(replace);
            }
        }
        self.map_exprs(&mut |e| e.subs(replace));
    }
}
