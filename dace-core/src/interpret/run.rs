//! Execution of regions, states and maps.

use super::code::{Place, PlaceDim, count};
use super::frame::Frame;
use super::memory::{Memory, RaceLog, View, number};
use super::{Options, RunError, Tensor, library};
use crate::sdfg::{
    Assign, Block, Const, DType, DataId, Loop, LoopKind, Map, Nested, Node, Region, Role, State,
    Tasklet,
};
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::stable_graph::NodeIndex;
use std::collections::{BTreeMap, HashMap};

/// Where control goes after a block.
#[derive(Clone, Copy, PartialEq)]
enum Flow {
    Next,
    Break,
    Continue,
    Return,
}

pub(super) struct Machine<'o> {
    pub memory: Memory,
    options: &'o Options,
    steps: u64,
    random: Option<u64>,
}

impl<'o> Machine<'o> {
    pub(super) fn new(options: &'o Options) -> Self {
        Self {
            memory: Memory::new(options.max_bytes),
            options,
            steps: 0,
            random: options.seed,
        }
    }

    pub(super) fn program(&mut self, frame: &mut Frame) -> Result<(), RunError> {
        match self.region(frame, &frame.sdfg.body)? {
            Flow::Next | Flow::Return => Ok(()),
            Flow::Break | Flow::Continue => Err(RunError::Malformed(
                "break or continue outside of a loop".into(),
            )),
        }
    }

    /// A container's contents.
    pub(super) fn snapshot(&mut self, frame: &mut Frame, id: DataId) -> Result<Tensor, RunError> {
        let view = frame.view(&mut self.memory, id)?;
        let dtype = frame.sdfg.desc(id).dtype;
        let name = || format!("a copy of `{}`", frame.sdfg.desc(id).name);
        let mut data = self.memory.room(&view.shape, &name)?;
        data.extend(indices(&view.shape).map(|i| {
            self.memory
                .get(&view, &i)
                .unwrap_or_else(|| Const::zero(dtype))
        }));
        Ok(Tensor {
            dtype,
            shape: view.shape.iter().map(|n| *n as usize).collect(),
            data,
        })
    }

    fn step(&mut self) -> Result<(), RunError> {
        self.steps += 1;
        match self.options.max_steps {
            Some(max) if self.steps > max => Err(RunError::StepBudget(max)),
            _ => Ok(()),
        }
    }

    /// A number below `n`; 0 without a seed.
    fn draw(&mut self, n: usize) -> usize {
        let Some(state) = &mut self.random else {
            return 0;
        };
        // SplitMix64.
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }

    fn region(&mut self, frame: &mut Frame, region: &Region) -> Result<Flow, RunError> {
        for block in &region.blocks {
            let flow = match block {
                Block::State(state) => {
                    self.state(frame, state)?;
                    Flow::Next
                }
                Block::Loop(l) => self.run_loop(frame, l)?,
                Block::Branch(b) => {
                    self.step()?;
                    let chosen = if self.condition(frame, &b.cond)? {
                        &b.then
                    } else {
                        &b.otherwise
                    };
                    self.region(frame, chosen)?
                }
                Block::Assign(a) => {
                    self.assign(frame, a)?;
                    Flow::Next
                }
                Block::Break => Flow::Break,
                Block::Continue => Flow::Continue,
                Block::Return => Flow::Return,
            };
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn assign(&mut self, frame: &mut Frame, a: &Assign) -> Result<(), RunError> {
        self.step()?;
        let value = match self.eval(frame, &a.value)? {
            Const::Int(v, DType::Int64) => v as i64,
            other => {
                return Err(RunError::Malformed(format!(
                    "`{}` is assigned a value of type {}",
                    a.sym,
                    other.dtype()
                )));
            }
        };
        let low = a.low.as_ref().map(|e| frame.eval(e)).transpose()?;
        let high = a.high.as_ref().map(|e| frame.eval(e)).transpose()?;
        if low.is_some_and(|low| value < low) || high.is_some_and(|high| value > high) {
            return Err(match (&a.role, high) {
                (Some(Role::Index(container, dim)), Some(last)) => {
                    let size = last + 1;
                    RunError::Index {
                        container: container.clone(),
                        dim: *dim,
                        // As it was before it was wrapped.
                        index: if value < 0 { value - size } else { value },
                        size,
                    }
                }
                (Some(Role::Element(dtype)), _) => RunError::Element {
                    value,
                    dtype: *dtype,
                },
                _ => RunError::Bounds {
                    symbol: a.sym.to_string(),
                    value,
                    low,
                    high,
                },
            });
        }
        frame.set(&mut self.memory, &a.sym, value);
        Ok(())
    }

    fn run_loop(&mut self, frame: &mut Frame, l: &Loop) -> Result<Flow, RunError> {
        match &l.kind {
            LoopKind::For { var, range } => {
                let (begin, end, step) = (
                    frame.eval(&range.begin)?,
                    frame.eval(&range.end)?,
                    frame.eval(&range.step)?,
                );
                for k in 0..count(begin, end, step)? {
                    self.step()?;
                    frame.set(&mut self.memory, var, begin + k * step);
                    match self.region(frame, &l.body)? {
                        Flow::Next | Flow::Continue => {}
                        Flow::Break => break,
                        Flow::Return => return Ok(Flow::Return),
                    }
                }
                frame.unset(var);
            }
            LoopKind::While { cond } => {
                while self.condition(frame, cond)? {
                    self.step()?;
                    match self.region(frame, &l.body)? {
                        Flow::Next | Flow::Continue => {}
                        Flow::Break => break,
                        Flow::Return => return Ok(Flow::Return),
                    }
                }
            }
        }
        Ok(Flow::Next)
    }

    fn state(&mut self, frame: &mut Frame, state: &State) -> Result<(), RunError> {
        let mut waiting: BTreeMap<NodeIndex<u32>, usize> = state
            .graph
            .node_indices()
            .map(|n| (n, state.graph.edges_directed(n, Incoming).count()))
            .collect();
        let mut ready: Vec<NodeIndex<u32>> = waiting
            .iter()
            .filter(|(_, count)| **count == 0)
            .map(|(n, _)| *n)
            .collect();
        let mut left = waiting.len();
        while !ready.is_empty() {
            let drawn = self.draw(ready.len());
            let node = ready.remove(drawn);
            left -= 1;
            self.node(frame, state, node)?;
            for next in state.graph.neighbors_directed(node, Outgoing) {
                if let Some(count) = waiting.get_mut(&next) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push(next);
                    }
                }
            }
        }
        if left > 0 {
            Err(RunError::Malformed("a state with a cycle".into()))
        } else {
            Ok(())
        }
    }

    fn node(
        &mut self,
        frame: &mut Frame,
        state: &State,
        node: NodeIndex<u32>,
    ) -> Result<(), RunError> {
        match &state.graph[node] {
            // The container begins to exist here at the latest: a negative size is an error whether or not anything is moved.
            Node::Access(id) => frame.view(&mut self.memory, *id).map(|_| ()),
            Node::Tasklet(tasklet) => self.tasklet(frame, state, node, tasklet),
            Node::Map(map) => self.map(frame, map),
            Node::Nested(nested) => self.nested(frame, state, node, nested),
            Node::Library(library) => {
                self.step()?;
                library::run(
                    self,
                    frame,
                    &library.kind,
                    &state.inputs(node),
                    &state.outputs(node),
                )
            }
        }
    }

    fn tasklet(
        &mut self,
        frame: &mut Frame,
        state: &State,
        node: NodeIndex<u32>,
        tasklet: &Tasklet,
    ) -> Result<(), RunError> {
        self.step()?;
        let inputs = self.places(frame, &state.inputs(node))?;
        let outputs = state.outputs(node);
        let [out] = outputs.as_slice() else {
            return Err(RunError::Malformed(format!(
                "a tasklet with {} outputs",
                outputs.len()
            )));
        };
        if let Some(guard) = &tasklet.guard {
            match self.value(frame, guard, &inputs)? {
                Const::Bool(true) => {}
                Const::Bool(false) => return Ok(()),
                other => {
                    return Err(RunError::Malformed(format!(
                        "a guard of type {}",
                        other.dtype()
                    )));
                }
            }
        }
        let value = if out.wcr.is_none() && !frame.sdfg.is_visible(out.data) {
            self.copied(frame, &tasklet.code, &inputs)?
        } else {
            self.value(frame, &tasklet.code, &inputs).map(Some)?
        };
        let within = tasklet
            .index
            .iter()
            .flatten()
            .map(|c| self.integer(frame, c, &inputs))
            .collect::<Result<Vec<_>, _>>()?;
        let index = Place::new(frame, out)?.index(frame, &within)?;
        match value {
            Some(value) => self.write(frame, out.data, &index, value, out.wcr),
            None => self.clear(frame, out.data, &index),
        }
    }

    fn map(&mut self, frame: &mut Frame, map: &Map) -> Result<(), RunError> {
        if map.params.len() != map.ranges.len() {
            return Err(RunError::Malformed(format!(
                "map `{}` has {} parameters and {} ranges",
                map.name,
                map.params.len(),
                map.ranges.len()
            )));
        }
        let mut starts = Vec::new();
        let mut counts = Vec::new();
        for range in &map.ranges {
            let (begin, end, step) = (
                frame.eval(&range.begin)?,
                frame.eval(&range.end)?,
                frame.eval(&range.step)?,
            );
            starts.push((begin, step));
            counts.push(count(begin, end, step)?);
        }
        let what = || format!("the order of the iterations of `{}`", map.name);
        let total = number(&counts).filter(|n| *n < 1 << 32);
        let total = total.ok_or_else(|| RunError::Memory {
            what: what(),
            elements: number(&counts),
        })?;
        let mut order: Vec<u32> = self.memory.room(&counts, &what)?;
        order.extend((0..total).map(|i| i as u32));
        if self.random.is_some() {
            for i in (1..order.len()).rev() {
                let j = self.draw(i + 1);
                order.swap(i, j);
            }
        }
        if self.options.detect_races {
            self.memory.races.push(RaceLog::new(&map.name));
        }
        for iteration in order {
            self.step()?;
            if self.options.detect_races
                && let Some(log) = self.memory.races.last_mut()
            {
                log.iteration = u64::from(iteration);
            }
            frame.begin_iteration(&mut self.memory, map);
            let mut rest = i64::from(iteration);
            for d in (0..counts.len()).rev() {
                let (begin, step) = starts[d];
                frame.set(
                    &mut self.memory,
                    &map.params[d],
                    begin + rest % counts[d] * step,
                );
                rest /= counts[d];
            }
            if self.region(frame, &map.body)? != Flow::Next {
                return Err(RunError::Malformed(format!(
                    "control leaves the map `{}`",
                    map.name
                )));
            }
        }
        if self.options.detect_races {
            self.memory.races.pop();
        }
        for param in &map.params {
            frame.unset(param);
        }
        Ok(())
    }

    fn nested(
        &mut self,
        frame: &mut Frame,
        state: &State,
        node: NodeIndex<u32>,
        nested: &Nested,
    ) -> Result<(), RunError> {
        self.step()?;
        let mut symbols = HashMap::new();
        for (sym, value) in &nested.symbols {
            let value = frame.eval(value)?;
            if value < 0 && nested.sdfg.symbols.contains(sym) {
                return Err(RunError::NegativeSize {
                    what: sym.to_string(),
                    size: value,
                });
            }
            symbols.insert(sym.clone(), value);
        }
        let mut inner = Frame::new(&nested.sdfg, symbols);
        for direction in [Incoming, Outgoing] {
            for edge in state.graph.edges_directed(node, direction) {
                let Some(memlet) = &edge.weight().memlet else {
                    continue;
                };
                let conn = edge.weight().conn;
                let Some(&id) = nested.args.get(conn) else {
                    return Err(RunError::Malformed(format!("no connector {conn}")));
                };
                let place = Place::new(frame, memlet)?;
                self.check_region(frame, &place)?;
                let view = self.subview(frame, &place)?;
                let desc = nested.sdfg.desc(id);
                if view.shape.len() != desc.rank()
                    || frame.sdfg.desc(memlet.data).dtype != desc.dtype
                {
                    return Err(RunError::Malformed(format!(
                        "`{}` of `{}` is bound to another rank or type",
                        desc.name, nested.sdfg.name
                    )));
                }
                for (dim, (expected, found)) in desc.shape.iter().zip(&view.shape).enumerate() {
                    let value = inner.eval(expected)?;
                    if value != *found {
                        let expected = expected.to_string();
                        return Err(RunError::Shape {
                            argument: desc.name.clone(),
                            dim,
                            expected,
                            value: Some(value),
                            found: *found,
                        });
                    }
                }
                if inner.bound(id).is_some_and(|old| *old != view) {
                    return Err(RunError::Malformed(format!(
                        "`{}` of `{}` is bound to two regions",
                        desc.name, nested.sdfg.name
                    )));
                }
                inner.bind(id, view);
            }
        }
        self.program(&mut inner)?;
        inner.end(&mut self.memory);
        Ok(())
    }

    /// The memory of a region whose elements are in bounds.
    fn subview(&mut self, frame: &mut Frame, place: &Place) -> Result<View, RunError> {
        let outer = frame.view(&mut self.memory, place.data)?;
        let mut view = View {
            buffer: outer.buffer,
            offset: outer.offset,
            shape: Vec::new(),
            strides: Vec::new(),
            owned: false,
        };
        for (dim, stride) in place.dims.iter().zip(&outer.strides) {
            match dim {
                PlaceDim::At(i) => view.offset += i * stride,
                PlaceDim::Span { begin, step, count } => {
                    view.offset += begin * stride;
                    view.shape.push(*count);
                    view.strides.push(step * stride);
                }
            }
        }
        Ok(view)
    }
}

/// All indices of a shape, in row-major order.
pub(super) fn indices(shape: &[i64]) -> impl Iterator<Item = Vec<i64>> + use<> {
    let shape = shape.to_vec();
    let total = number(&shape).map_or(0, |n| n as i64);
    (0..total).map(move |flat| {
        let mut rest = flat;
        let mut index = vec![0; shape.len()];
        for d in (0..shape.len()).rev() {
            index[d] = rest % shape[d];
            rest /= shape[d];
        }
        index
    })
}
