//! Where transients live: which scope declares them, where their memory is made, and which maps run in parallel.

use super::parallel::{self, Plan};
use dace_core::analysis::coverage::Coverage;
use dace_core::analysis::presburger::{Fact, infeasible};
use dace_core::analysis::scope::{
    assign_facts, condition_facts, facts_at, map_facts, range_facts, size_facts,
};
use dace_core::sdfg::{Block, DataId, LoopKind, Map, Memlet, Node, Region, Sdfg, Storage};
use dace_core::symbolic::{Expr, Facts, Sym};
use std::collections::{BTreeSet, HashMap};

/// Identity of a region or a map of the program, by address.
pub(super) type Key = usize;

pub(super) fn key<T>(of: &T) -> Key {
    std::ptr::from_ref(of) as usize
}

/// One step down into the program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Step {
    region: Key,
    block: usize,
    into: Into,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Into {
    Here,
    Map(Key),
    Loop,
    Then,
    Otherwise,
}

/// What a container is in Rust.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Kind {
    /// A local variable.
    Scalar,
    /// A local array of this many elements.
    Stack(usize),
    /// A `rt::Buf`.
    Heap,
    /// Not declared: an argument, or without any use.
    None,
}

#[derive(Debug, Default)]
pub(super) struct Placement {
    pub(super) kind: Vec<Kind>,
    /// Declared at the top of the function, of a parallel chunk, of a map's body.
    pub(super) function: Vec<DataId>,
    pub(super) chunk: HashMap<Key, Vec<DataId>>,
    pub(super) iteration: HashMap<Key, Vec<DataId>>,
    /// Memory made at the top of the function (before everything), at the top of a chunk, before a block, after a symbol's definition.
    pub(super) make_chunk: HashMap<Key, Vec<DataId>>,
    pub(super) make_block: HashMap<(Key, usize), Vec<DataId>>,
    pub(super) make_late: HashMap<Sym, Vec<DataId>>,
    pub(super) plans: HashMap<Key, Plan>,
    /// Symbols that outlive the block they are defined in, since a container's shape needs them.
    pub(super) late: BTreeSet<Sym>,
    pub(super) has_return: bool,
    /// Heap arrays all of whose elements are written before they are read (or returned): their memory is not cleared.
    pub(super) unread: BTreeSet<DataId>,
    /// The maps around every access of a container, outermost first.
    chains: Vec<Vec<Key>>,
}

/// Bytes of the largest local array.
const STACK_LIMIT: usize = 4096;
/// Bytes of all local arrays of a function together, those of the functions that it calls included: without optimisation none takes the place of another. Threads have
/// stacks of 2 MiB, and some less.
pub(super) const STACK: usize = 32 * 1024;
/// Bytes of the largest array that is made anew in each iteration of a map.
const ITERATION_LIMIT: usize = 256;

impl Placement {
    /// Whether all accesses of a container lie in a map.
    pub(super) fn is_private(&self, data: DataId, map: Key) -> bool {
        self.chains[data.0 as usize].contains(&map)
    }

    pub(super) fn new(
        sdfg: &Sdfg,
        bound: &BTreeSet<DataId>,
        facts: &Facts,
        in_parallel: bool,
        stack: &mut usize,
    ) -> Self {
        let mut walk = Walk {
            path: Vec::new(),
            uses: vec![Vec::new(); sdfg.data.len()],
            defined: HashMap::new(),
            maps: Vec::new(),
            has_return: false,
            inside: HashMap::new(),
            assigned: HashMap::new(),
        };
        walk.region(&sdfg.body);
        for id in &sdfg.returns {
            let end = Step {
                region: key(&sdfg.body),
                block: sdfg.body.blocks.len(),
                into: Into::Here,
            };
            walk.uses[id.0 as usize].push(vec![end]);
        }
        let mut place = Self {
            kind: vec![Kind::None; sdfg.data.len()],
            // The caller sees its arguments: they are private to nothing.
            chains: sdfg
                .ids()
                .map(|id| {
                    if bound.contains(&id) {
                        Vec::new()
                    } else {
                        chain(&walk.uses[id.0 as usize])
                    }
                })
                .collect(),
            has_return: walk.has_return,
            ..Self::default()
        };
        place.unread = sdfg
            .ids()
            .filter(|id| {
                sdfg.desc(*id).transient
                    && !bound.contains(id)
                    && written_first(sdfg, *id, walk.has_return)
            })
            .collect();
        // Which maps are parallel: outermost ones whose writes allow it.
        let mut plans = HashMap::new();
        for (map, path) in &walk.maps {
            let divided = |s: &Step| matches!(s.into, Into::Map(m) if plans.contains_key(&m));
            if !in_parallel
                && !path.iter().any(divided)
                && let Some(plan) = parallel::plan(sdfg, map, walk.known(sdfg, path), &|d| {
                    place.is_private(d, key(*map))
                })
            {
                plans.insert(key(*map), plan);
            }
        }
        place.plans = plans;
        let local = local_arrays(
            sdfg,
            &|id| !walk.uses[id.0 as usize].is_empty() && !bound.contains(&id),
            stack,
        );
        for id in sdfg.ids() {
            let desc = sdfg.desc(id);
            let uses = &walk.uses[id.0 as usize];
            if uses.is_empty() || bound.contains(&id) {
                continue;
            }
            let chain = place.chains[id.0 as usize].clone();
            if desc.is_scalar() {
                place.kind[id.0 as usize] = Kind::Scalar;
                match chain.last() {
                    Some(map) => place.iteration.entry(*map).or_default().push(id),
                    None => place.function.push(id),
                }
                continue;
            }
            let parallel = chain.iter().copied().find(|m| place.plans.contains_key(m));
            if let Some(n) = local.get(&id).copied() {
                place.kind[id.0 as usize] = Kind::Stack(n);
                match (chain.last(), parallel) {
                    (Some(map), _) if n * desc.dtype.size() <= ITERATION_LIMIT => {
                        place.iteration.entry(*map).or_default().push(id);
                    }
                    (_, Some(map)) => place.chunk.entry(map).or_default().push(id),
                    _ => place.function.push(id),
                }
                continue;
            }
            place.kind[id.0 as usize] = Kind::Heap;
            match parallel {
                Some(map) => place.chunk.entry(map).or_default().push(id),
                None => place.function.push(id),
            }
            place.make(sdfg, id, uses, parallel, &walk, facts);
        }
        place
    }

    /// Decides where the memory of a heap array is made: outside of loops, but where it is known that its sizes are none below zero. Outside of a
    /// loop that does not run they may be, and be no mistake.
    fn make(
        &mut self,
        sdfg: &Sdfg,
        id: DataId,
        uses: &[Vec<Step>],
        parallel: Option<Key>,
        walk: &Walk,
        facts: &Facts,
    ) {
        let desc = sdfg.desc(id);
        let mut symbols = BTreeSet::new();
        for e in desc.shape.iter().chain(&desc.strides) {
            e.collect_symbols(&mut symbols);
        }
        // Symbols of the caller are defined everywhere.
        symbols.retain(|s| walk.defined.contains_key(s));
        let first = &uses[0];
        let common = (0..first.len())
            .take_while(|&p| {
                uses.iter().all(|u| u.get(p) == Some(&first[p])) && first[p].into != Into::Here
            })
            .count();
        // Depth at which the parallel chunk begins, if the container is private to one.
        let floor = parallel.map_or(0, |m| {
            first
                .iter()
                .position(|s| s.into == Into::Map(m))
                .map_or(0, |p| p + 1)
        });
        let available = |p: usize, block: usize, sym: &Sym| {
            walk.defined.get(sym).is_some_and(|at| match at {
                Defined::In(step) => first[..p].contains(step),
                Defined::Before { region, block: b } => {
                    first[..p]
                        .iter()
                        .any(|s| s.region == *region && *b < s.block)
                        || (first[p].region == *region && *b < block)
                }
            })
        };
        let block_at = |p: usize| {
            uses.iter()
                .filter_map(|u| u.get(p))
                .map(|s| s.block)
                .min()
                .unwrap_or(0)
        };
        let returned_late = walk.has_return && sdfg.returns.contains(&id);
        if let (Some(map), true) = (parallel, floor > 0) {
            let at = floor - 1;
            let sizes_fit = desc.shape.iter().all(|n| facts.is_nonneg(n));
            if sizes_fit && symbols.iter().all(|s| available(at, first[at].block, s)) {
                self.make_chunk.entry(map).or_default().push(id);
                return;
            }
        }
        for p in floor..=common.min(first.len() - 1) {
            let block = block_at(p);
            if !symbols.iter().all(|s| available(p, block, s))
                || p < common
                    && !walk.are_sizes(sdfg, &desc.shape, &first[..p], first[p].region, block)
            {
                continue;
            }
            // Only when it is needed: down into branches that hold all uses.
            let mut p = p;
            while p < common && matches!(first[p].into, Into::Then | Into::Otherwise) {
                p += 1;
            }
            let lexical = !returned_late || symbols.is_empty();
            if lexical {
                self.make_block
                    .entry((first[p].region, block_at(p)))
                    .or_default()
                    .push(id);
                return;
            }
            break;
        }
        for s in symbols {
            self.make_late.entry(s.clone()).or_default().push(id);
            self.late.insert(s);
        }
    }
}

/// The arrays that are local variables, with their numbers of elements: small ones, the smallest first, while there is room on the stack.
fn local_arrays(
    sdfg: &Sdfg,
    is_declared: &dyn Fn(DataId) -> bool,
    stack: &mut usize,
) -> HashMap<DataId, usize> {
    let mut small: Vec<(usize, usize, DataId)> = sdfg
        .ids()
        .filter(|id| is_declared(*id) && !sdfg.returns.contains(id))
        .filter_map(|id| {
            let desc = sdfg.desc(id);
            if desc.is_scalar() || desc.storage == Storage::Heap {
                return None;
            }
            let n = desc.shape.iter().try_fold(1usize, |v, n| {
                v.checked_mul(usize::try_from(n.as_int()?).ok()?)
            })?;
            Some((n.checked_mul(desc.dtype.size())?, n, id))
        })
        .filter(|(bytes, ..)| *bytes <= STACK_LIMIT)
        .collect();
    small.sort_unstable();
    let mut local = HashMap::new();
    for (bytes, n, id) in small {
        let Some(left) = stack.checked_sub(bytes) else {
            break;
        };
        *stack = left;
        local.insert(id, n);
    }
    local
}

/// The maps that all uses have in common, outermost first.
fn chain(uses: &[Vec<Step>]) -> Vec<Key> {
    let maps = |path: &Vec<Step>| -> Vec<Key> {
        path.iter()
            .filter_map(|s| {
                if let Into::Map(m) = s.into {
                    Some(m)
                } else {
                    None
                }
            })
            .collect()
    };
    let Some(first) = uses.first() else {
        return Vec::new();
    };
    let mut common = maps(first);
    for path in &uses[1..] {
        let other = maps(path);
        let same = common
            .iter()
            .zip(&other)
            .take_while(|(a, b)| a == b)
            .count();
        common.truncate(same);
    }
    common
}

/// Where a symbol has its value.
enum Defined {
    /// Below a loop or a map.
    In(Step),
    /// In a region, after a block.
    Before { region: Key, block: usize },
}

struct Walk<'a> {
    path: Vec<Step>,
    uses: Vec<Vec<Vec<Step>>>,
    defined: HashMap<Sym, Defined>,
    /// Every map with the way to it, outer ones first.
    maps: Vec<(&'a Map, Vec<Step>)>,
    has_return: bool,
    /// What is known inside after a step down.
    inside: HashMap<Step, Vec<Fact>>,
    /// What the assignments of a region make known, with their blocks.
    assigned: HashMap<Key, Vec<(usize, Vec<Fact>)>>,
}

impl<'a> Walk<'a> {
    /// Whether none of the sizes can be negative before a block.
    fn are_sizes(
        &self,
        sdfg: &Sdfg,
        sizes: &[Expr],
        path: &[Step],
        region: Key,
        block: usize,
    ) -> bool {
        let facts = size_facts(sdfg);
        if sizes.iter().all(|n| implied(&facts, n)) {
            return true;
        }
        let mut facts = self.known(sdfg, path);
        facts.extend(self.assigned_before(region, block));
        sizes.iter().all(|n| implied(&facts, n))
    }

    /// What is known at the end of a path.
    fn known(&self, sdfg: &Sdfg, path: &[Step]) -> Vec<Fact> {
        let mut facts = size_facts(sdfg);
        for step in path {
            facts.extend(self.assigned_before(step.region, step.block));
            facts.extend(self.inside.get(step).into_iter().flatten().cloned());
        }
        facts
    }

    fn assigned_before(&self, region: Key, block: usize) -> impl Iterator<Item = Fact> + '_ {
        let all = self.assigned.get(&region).into_iter().flatten();
        all.filter(move |(at, _)| *at < block)
            .flat_map(|(_, facts)| facts.iter().cloned())
    }

    fn region(&mut self, region: &'a Region) {
        let here = key(region);
        for (block, b) in region.blocks.iter().enumerate() {
            let step = |into| Step {
                region: here,
                block,
                into,
            };
            match b {
                Block::State(state) => {
                    for node in state.computations() {
                        if let Node::Map(map) = &state.graph[node] {
                            let map: &Map = map;
                            let step = step(Into::Map(key(map)));
                            let mut path = self.path.clone();
                            path.push(step);
                            self.maps.push((map, path));
                            self.inside.insert(step, map_facts(map).collect());
                            for p in &map.params {
                                self.defined.insert(p.clone(), Defined::In(step));
                            }
                            self.path.push(step);
                            self.region(&map.body);
                            self.path.pop();
                            continue;
                        }
                        for m in state.inputs(node).into_iter().chain(state.outputs(node)) {
                            self.used(m, step(Into::Here));
                        }
                    }
                }
                Block::Loop(l) => {
                    let step = step(Into::Loop);
                    match &l.kind {
                        LoopKind::For { var, range } => {
                            self.inside.insert(step, range_facts(var, range, false));
                            self.defined.insert(var.clone(), Defined::In(step));
                        }
                        LoopKind::While { cond } => cond.inputs.iter().for_each(|m| {
                            self.used(
                                m,
                                Step {
                                    into: Into::Here,
                                    ..step
                                },
                            );
                        }),
                    }
                    self.path.push(step);
                    self.region(&l.body);
                    self.path.pop();
                }
                Block::Branch(branch) => {
                    branch
                        .cond
                        .inputs
                        .iter()
                        .for_each(|m| self.used(m, step(Into::Here)));
                    for (region, into) in [
                        (&branch.then, Into::Then),
                        (&branch.otherwise, Into::Otherwise),
                    ] {
                        let step = step(into);
                        let holds = into == Into::Then;
                        self.inside
                            .insert(step, condition_facts(&branch.cond.code, holds));
                        self.path.push(step);
                        self.region(region);
                        self.path.pop();
                    }
                }
                Block::Assign(a) => {
                    self.assigned
                        .entry(here)
                        .or_default()
                        .push((block, assign_facts(a)));
                    a.value
                        .inputs
                        .iter()
                        .for_each(|m| self.used(m, step(Into::Here)));
                    self.defined.insert(
                        a.sym.clone(),
                        Defined::Before {
                            region: here,
                            block,
                        },
                    );
                }
                Block::Return => self.has_return = true,
                Block::Break | Block::Continue => {}
            }
        }
    }

    fn used(&mut self, memlet: &Memlet, at: Step) {
        let mut path = self.path.clone();
        path.push(at);
        self.uses[memlet.data.0 as usize].push(path);
    }
}

/// Whether the facts leave the expression no negative value.
fn implied(facts: &[Fact], e: &Expr) -> bool {
    let mut facts = facts.to_vec();
    facts.push(Fact::lt(e, &Expr::zero()));
    infeasible(&facts)
}

/// Whether every read of a container sees elements that the program has written before, the caller's reads of a returned one included.
fn written_first(sdfg: &Sdfg, data: DataId, has_return: bool) -> bool {
    if sdfg.desc(data).is_scalar() {
        return false;
    }
    let mut coverage = Coverage::new(data, facts_at(sdfg, &[]));
    coverage.blocks(&sdfg.body.blocks);
    let returned = sdfg.returns.contains(&data);
    !coverage.exposed() && (!returned || !has_return && coverage.complete(&sdfg.desc(data).shape))
}
