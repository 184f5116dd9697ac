//! The state of one call of a program: its symbols, and where its containers are.

use super::RunError;
use super::memory::{Memory, View};
use crate::sdfg::{Block, Const, DataId, Map, Node, Region, Sdfg, accesses_of_region};
use crate::symbolic::{Expr, Sym};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

pub(super) struct Frame<'a> {
    pub sdfg: &'a Sdfg,
    symbols: HashMap<Sym, i64>,
    /// A container without a view does not exist yet (or not in this iteration).
    views: Vec<Option<Rc<View>>>,
    /// Containers that begin anew when a symbol gets a value.
    shaped_by: HashMap<Sym, Vec<DataId>>,
    /// Transients private to the iterations of a map.
    private: HashMap<*const Map, Vec<DataId>>,
    is_private: Vec<bool>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(sdfg: &'a Sdfg, symbols: HashMap<Sym, i64>) -> Self {
        let mut frame = Self {
            sdfg,
            symbols,
            views: vec![None; sdfg.data.len()],
            shaped_by: HashMap::new(),
            private: HashMap::new(),
            is_private: vec![false; sdfg.data.len()],
        };
        for id in sdfg.ids().filter(|id| sdfg.desc(*id).transient) {
            for sym in sdfg.desc(id).shape.iter().flat_map(Expr::symbols) {
                frame.shaped_by.entry(sym).or_default().push(id);
            }
        }
        let total = counts(&sdfg.body);
        frame.find_private(&sdfg.body, &total);
        frame
    }

    fn find_private(&mut self, region: &'a Region, total: &BTreeMap<DataId, usize>) {
        for block in &region.blocks {
            match block {
                Block::State(state) => {
                    for node in state.graph.node_weights() {
                        if let Node::Map(map) = node {
                            let mut private = Vec::new();
                            for (id, count) in counts(&map.body) {
                                if !self.sdfg.is_visible(id) && total.get(&id) == Some(&count) {
                                    private.push(id);
                                    self.is_private[id.0 as usize] = true;
                                }
                            }
                            self.private.insert(&raw const **map, private);
                            self.find_private(&map.body, total);
                        }
                    }
                }
                Block::Loop(l) => self.find_private(&l.body, total),
                Block::Branch(b) => {
                    self.find_private(&b.then, total);
                    self.find_private(&b.otherwise, total);
                }
                Block::Assign(_) | Block::Break | Block::Continue | Block::Return => {}
            }
        }
    }

    /// Gives a container memory from outside.
    pub(super) fn bind(&mut self, id: DataId, view: View) {
        self.views[id.0 as usize] = Some(Rc::new(view));
    }
    pub(super) fn bound(&self, id: DataId) -> Option<&View> {
        self.views[id.0 as usize].as_deref()
    }

    pub(super) fn eval(&self, expr: &Expr) -> Result<i64, RunError> {
        expr.eval(&|s| self.symbols.get(s).copied())
            .ok_or_else(|| RunError::NoValue {
                expression: expr.to_string(),
            })
    }

    /// Gives a symbol its value; the containers whose shapes name it begin anew.
    pub(super) fn set(&mut self, memory: &mut Memory, sym: &Sym, value: i64) {
        self.symbols.insert(sym.clone(), value);
        for id in self.shaped_by.get(sym).into_iter().flatten() {
            drop_view(&mut self.views[id.0 as usize], memory);
        }
    }
    pub(super) fn unset(&mut self, sym: &Sym) {
        self.symbols.remove(sym);
    }

    /// The containers private to a map's iterations are as if never written.
    pub(super) fn begin_iteration(&mut self, memory: &mut Memory, map: &Map) {
        for id in self.private.get(&(&raw const *map)).into_iter().flatten() {
            drop_view(&mut self.views[id.0 as usize], memory);
        }
    }

    /// Where a container is; a transient is made when it is first asked for.
    pub(super) fn view(&mut self, memory: &mut Memory, id: DataId) -> Result<Rc<View>, RunError> {
        let slot = id.0 as usize;
        if let Some(Some(view)) = self.views.get(slot) {
            return Ok(view.clone());
        }
        let Some(desc) = self.sdfg.data.get(slot) else {
            return Err(RunError::Malformed(format!("no container {slot}")));
        };
        if !desc.transient {
            return Err(RunError::Malformed(format!(
                "`{}` is not bound to an argument",
                desc.name
            )));
        }
        let mut shape = Vec::with_capacity(desc.shape.len());
        for size in &desc.shape {
            let size = self.eval(size)?;
            if size < 0 {
                return Err(RunError::NegativeSize {
                    what: desc.name.clone(),
                    size,
                });
            }
            shape.push(size);
        }
        let fill = (!self.is_private[slot]).then(|| Const::zero(desc.dtype));
        let view = Rc::new(memory.allocate(shape, fill, &|| format!("`{}`", desc.name))?);
        self.views[slot] = Some(view.clone());
        Ok(view)
    }

    /// Gives back the memory of the call's own containers.
    pub(super) fn end(&mut self, memory: &mut Memory) {
        for slot in &mut self.views {
            drop_view(slot, memory);
        }
    }
}

fn drop_view(slot: &mut Option<Rc<View>>, memory: &mut Memory) {
    if let Some(view) = slot
        && view.owned
    {
        memory.free(view);
        *slot = None;
    }
}

fn counts(region: &Region) -> BTreeMap<DataId, usize> {
    let mut counts = BTreeMap::new();
    accesses_of_region(region, &mut |access| {
        *counts.entry(access.memlet.data).or_insert(0) += 1;
    });
    counts
}
