//! The stateful dataflow multigraph.
//!
//! Outside, structured control flow: a [`Region`] is a sequence of [`Block`]s (states, loops, branches, symbol
//! assignments). Inside a [`State`], a petgraph multigraph of access nodes, tasklets, maps, nested SDFGs and library
//! nodes; its edges carry [`Memlet`]s, which name all data that moves.
//!
//! A map is one node that owns its body, a region, in the coordinates of the containers outside (one coordinate system
//! for each memlet). Python DaCe's pair of entry and exit nodes appears in the JSON export only. The memlets on a map's own edges are
//! the union of what its body moves (see `propagate.rs`); the body's memlets are the truth.
//!
//! # Meaning
//! - States run in order. Within a state, nodes run in any order that respects the edges.
//! - Iterations of a map run in any order, or at once; plain writes of different iterations do not touch one element.
//!   A transient all of whose accesses lie inside one map's body is private to each iteration and holds nothing at its start.
//! - A loop's iterations run in order; transients keep their values between iterations.
//! - A memlet with a write-conflict resolution combines what it writes with what is there.
//! - Every access is checked against the container's shape: outside is an index error.
//! - Integers of a type wrap around, as NumPy's: `BinOp::Add` and the like in [`Code`], and `int64(e)` in symbolic expressions. Everything else in a symbolic
//!   expression (an index, a size, a bound of a loop, [`Code::Sym`]) is an integer of mathematics, as Python's are: where its value
//!   is needed and is no `int64`, that is an error. So what is concluded from conditions, loops and assignments holds for the
//!   integers there are. A symbol's value is an `int64`; a size of an argument is at most [`crate::symbolic::MAX_SIZE`], which is checked at the door.
//! - A container's shape may name symbols that are assigned inside the program; the container then begins to exist, with unspecified
//!   contents, each time all of them have been assigned.

mod code;
pub mod dot;
mod dtype;
pub mod json;
mod names;
mod propagate;
pub mod text;
mod visit;

pub use code::{BinOp, Code, UnOp};
pub use dtype::{Const, DType};
pub use names::Names;
pub use propagate::{propagate, propagate_block, propagate_map};
pub use visit::{Access, accesses_of_region, accesses_of_state};

use crate::diag::Span;
use crate::symbolic::{Expr, Range, Subset, Sym};
use petgraph::stable_graph::{NodeIndex, StableDiGraph};

/// Index of a container in [`Sdfg::data`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataId(pub u32);

/// A program.
#[derive(Clone, Debug)]
pub struct Sdfg {
    /// Name of the Python function.
    pub name: String,
    /// Arguments in Python's order.
    pub params: Vec<Param>,
    /// Free symbols (sizes named in annotations), each a non-negative `int64`, in order of first appearance. They are solved from the shapes of the
    /// arguments where possible, else become trailing arguments: see [`crate::analysis::signature`].
    pub symbols: Vec<Sym>,
    /// All containers; removed ones stay as unused entries.
    pub data: Vec<DataDesc>,
    /// Returned containers, in order. Scalars are returned by value.
    pub returns: Vec<DataId>,
    pub body: Region,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Param {
    pub name: String,
    pub kind: ParamKind,
    /// Python default value, a scalar constant of the parameter's type.
    pub default: Option<Const>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ParamKind {
    /// An array, or a scalar that is not an integer (container of rank 0).
    Data(DataId),
    /// An integer scalar: a symbol with the value of the argument, which may be negative.
    Symbol(Sym, DType),
}

/// A data container.
#[derive(Clone, Debug, PartialEq)]
pub struct DataDesc {
    /// Unique in the SDFG; the Python name where there is one.
    pub name: String,
    pub dtype: DType,
    /// Empty for a scalar.
    pub shape: Vec<Expr>,
    /// In elements; row-major unless a transformation changed it. Strides of an argument are the argument's own at run time.
    pub strides: Vec<Expr>,
    pub storage: Storage,
    pub lifetime: Lifetime,
    /// Made by the compiler or the program, not seen by the caller.
    pub transient: bool,
    pub span: Span,
}

/// Where a container lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Storage {
    /// The backend chooses: registers for scalars, the stack for small constant sizes, else the heap.
    Default,
    Heap,
    Register,
    DeviceGlobal,
    DeviceShared,
}

/// For how long a transient keeps its memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lifetime {
    /// From where it is first used to the end of the innermost scope that holds all its uses.
    Scope,
    /// The whole call.
    Program,
}

#[derive(Clone, Debug, Default)]
pub struct Region {
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
pub enum Block {
    State(State),
    Loop(Loop),
    Branch(Branch),
    Assign(Assign),
    /// Leaves the innermost loop.
    Break,
    /// Next iteration of the innermost loop.
    Continue,
    /// Leaves the SDFG. Neither of the three occurs inside a map's body without its loop there (return: never).
    Return,
}

#[derive(Clone, Debug)]
pub struct Loop {
    pub kind: LoopKind,
    pub body: Region,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum LoopKind {
    /// Python's `for var in range(begin, end, step)`; bounds are evaluated once; the step may be negative; a step of zero is an error at run time.
    For { var: Sym, range: Range },
    /// The condition is evaluated before each iteration.
    While { cond: Eval },
}

#[derive(Clone, Debug)]
pub struct Branch {
    pub cond: Eval,
    pub then: Region,
    pub otherwise: Region,
    pub span: Span,
}

/// Gives a symbol its value from data. A symbol has one place of assignment; in a loop it is assigned anew in each iteration.
#[derive(Clone, Debug)]
pub struct Assign {
    pub sym: Sym,
    /// Of type `int64`.
    pub value: Eval,
    /// `low <= value <= high` (inclusive): checked when the assignment runs (an index error otherwise), so that analyses may rely on it.
    pub low: Option<Expr>,
    pub high: Option<Expr>,
    /// What the bounds are, for messages.
    pub role: Option<Role>,
    pub span: Span,
}

/// What a checked value is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// An index of this dimension of the array of this name, wrapped if it was negative: `low` is 0, `high` the last index.
    Index(String, usize),
    /// A value to be kept in this integer type: the bounds are the type's, as far as the value may violate them.
    Element(DType),
}

/// A scalar computation in control flow: code over single elements.
#[derive(Clone, Debug)]
pub struct Eval {
    pub code: Code,
    /// The memlet at each connector.
    pub inputs: Vec<Memlet>,
}

#[derive(Clone, Debug, Default)]
pub struct State {
    pub graph: StableDiGraph<Node, Edge, u32>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Node {
    Access(DataId),
    Tasklet(Tasklet),
    Map(Box<Map>),
    Nested(Box<Nested>),
    Library(Library),
}

/// An edge between an access node and a computing node (or an ordering edge without a memlet, between any two).
#[derive(Clone, Debug)]
pub struct Edge {
    pub memlet: Option<Memlet>,
    /// The connector at the computing node: input number for edges into it, output number for edges out of it. For maps: unused (0).
    /// For nested SDFGs: the index in [`Nested::args`].
    pub conn: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Memlet {
    pub data: DataId,
    pub subset: Subset,
    /// How what is written combines with what is there; on writes only.
    pub wcr: Option<Wcr>,
    /// The subset bounds what may be moved, not what is: data-dependent access.
    pub dynamic: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Wcr {
    Sum,
    Product,
    /// NaN wins.
    Min,
    Max,
    /// Logical, of `bool`.
    And,
    Or,
    BitAnd,
    BitOr,
    BitXor,
}

/// Computes one scalar from its inputs and writes it to its out-edge (exactly one, connector 0).
#[derive(Clone, Debug)]
pub struct Tasklet {
    pub name: String,
    pub code: Code,
    /// Writes only when this (`bool`) holds; the memlet is then dynamic.
    pub guard: Option<Code>,
    /// Writes at this index (one `int64` code per range dimension of the out memlet's subset, as in [`Code::Load`]) instead of a single element;
    /// the memlet is then dynamic and its index checked.
    pub index: Option<Vec<Code>>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Map {
    pub name: String,
    pub params: Vec<Sym>,
    /// Positive steps; a range may not name the map's own parameters.
    pub ranges: Vec<Range>,
    pub schedule: Schedule,
    pub body: Region,
    /// Written by the user as `dace.map`.
    pub explicit: bool,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Schedule {
    /// Not chosen yet; the backend treats it as sequential.
    Default,
    Sequential,
    Multicore,
    Device,
    DeviceBlock,
    Pipeline,
    Unrolled,
    Rank,
}

/// A call of another program.
#[derive(Clone, Debug)]
pub struct Nested {
    pub sdfg: Sdfg,
    /// The inner containers that the edges' connectors bind: parameters (in), written parameters (in and out), returned containers (out).
    /// The memlet's subset gives the region, whose shape (index dimensions dropped) is the inner container's.
    pub args: Vec<DataId>,
    /// Values, in symbols of the outer SDFG, of the inner free symbols and symbol parameters.
    pub symbols: Vec<(Sym, Expr)>,
    pub span: Span,
}

/// An operation that keeps its meaning until code generation. Input and output connectors are in the order given; operands are the
/// memlets' subsets with index dimensions dropped.
#[derive(Clone, Debug)]
pub struct Library {
    pub kind: LibraryKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LibraryKind {
    /// `out0 = in0 @ in1` (or `+=` with a Sum on the out memlet) after transposing the last two dimensions where asked. NumPy's `matmul`: operands of rank 1 or more, batch dimensions broadcast.
    MatMul { trans_a: bool, trans_b: bool },
    /// `out0 = solve(in0, in1)`: `in0` (n, n); `in1` (n) or (n, k). Singular matrix: error.
    Solve,
    /// `out0 = inv(in0)`.
    Inv,
    /// `out0 = cholesky(in0)`: lower triangle, zeros above. Reads only the lower triangle. Not positive definite: error.
    Cholesky,
    /// `out0 = argmin/argmax(in0)` over one axis, or over the flattened operand; first occurrence, NaN wins. `int64`.
    ArgReduce { max: bool, axis: Option<usize> },
}

impl Sdfg {
    pub fn desc(&self, id: DataId) -> &DataDesc {
        &self.data[id.0 as usize]
    }
    pub fn desc_mut(&mut self, id: DataId) -> &mut DataDesc {
        &mut self.data[id.0 as usize]
    }
    pub fn ids(&self) -> impl Iterator<Item = DataId> + use<> {
        (0..self.data.len() as u32).map(DataId)
    }
    pub fn find(&self, name: &str) -> Option<DataId> {
        self.ids().find(|id| self.desc(*id).name == name)
    }
    /// Adds a container; a name already taken gets a number.
    pub fn add(&mut self, mut desc: DataDesc) -> DataId {
        let mut names: Names = self.data.iter().map(|d| d.name.as_str()).collect();
        desc.name = names.unique(&desc.name);
        self.data.push(desc);
        DataId(self.data.len() as u32 - 1)
    }
    /// Adds a transient with row-major strides.
    pub fn add_transient(&mut self, name: &str, dtype: DType, shape: Vec<Expr>) -> DataId {
        self.add(DataDesc::transient(name, dtype, shape))
    }
    /// Whether the caller sees the container: an argument or a returned one.
    pub fn is_visible(&self, id: DataId) -> bool {
        !self.desc(id).transient || self.returns.contains(&id)
    }
}

impl DataDesc {
    pub fn transient(name: &str, dtype: DType, shape: Vec<Expr>) -> Self {
        Self {
            name: name.to_owned(),
            dtype,
            strides: row_major(&shape),
            shape,
            storage: Storage::Default,
            lifetime: Lifetime::Scope,
            transient: true,
            span: Span::default(),
        }
    }
    pub fn is_scalar(&self) -> bool {
        self.shape.is_empty()
    }
    pub fn rank(&self) -> usize {
        self.shape.len()
    }
}

/// Strides of a row-major layout.
pub fn row_major(shape: &[Expr]) -> Vec<Expr> {
    let mut strides = vec![Expr::one(); shape.len()];
    for d in (1..shape.len()).rev() {
        strides[d - 1] = &strides[d] * &shape[d];
    }
    strides
}

impl Memlet {
    pub fn new(data: DataId, subset: Subset) -> Self {
        Self {
            data,
            subset,
            wcr: None,
            dynamic: false,
        }
    }
    pub fn scalar(data: DataId) -> Self {
        Self::new(data, Subset::scalar())
    }
    pub fn point(data: DataId, index: impl IntoIterator<Item = Expr>) -> Self {
        Self::new(data, Subset::point(index))
    }
    #[must_use]
    pub fn with_wcr(mut self, wcr: Wcr) -> Self {
        self.wcr = Some(wcr);
        self
    }
    #[must_use]
    pub fn dynamic(mut self) -> Self {
        self.dynamic = true;
        self
    }
    /// Elements moved at most.
    pub fn volume(&self) -> Expr {
        self.subset.volume()
    }
}

impl Eval {
    pub fn constant(code: Code) -> Self {
        Self {
            code,
            inputs: Vec::new(),
        }
    }
    /// The value, if it is a constant `bool`.
    pub fn as_bool(&self) -> Option<bool> {
        if let Code::Const(Const::Bool(b)) = self.code {
            Some(b)
        } else {
            None
        }
    }
}

impl Region {
    pub fn new(blocks: Vec<Block>) -> Self {
        Self { blocks }
    }
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }
}

impl Wcr {
    /// The value that changes nothing.
    pub fn identity(self, dtype: DType) -> Const {
        let extreme = |low: bool| match dtype {
            DType::Bool => Const::Bool(!low),
            d if d.is_signed_int() => {
                let bits = 8 * d.size() as u32 - 1;
                Const::Int(
                    if low {
                        -(1i128 << bits)
                    } else {
                        (1i128 << bits) - 1
                    },
                    d,
                )
            }
            d if d.is_unsigned_int() => Const::Int(
                if low {
                    0
                } else {
                    (1i128 << (8 * d.size())) - 1
                },
                d,
            ),
            d => Const::Float(
                if low {
                    f64::NEG_INFINITY
                } else {
                    f64::INFINITY
                },
                d,
            ),
        };
        match self {
            Self::Sum | Self::BitOr | Self::BitXor => Const::zero(dtype),
            Self::Product => Const::from_i64(1, dtype),
            Self::Min => extreme(false),
            Self::Max => extreme(true),
            Self::And => Const::Bool(true),
            Self::Or => Const::Bool(false),
            Self::BitAnd => match dtype {
                DType::Bool => Const::Bool(true),
                d if d.is_signed_int() => Const::Int(-1, d),
                d => Const::Int((1i128 << (8 * d.size())) - 1, d),
            },
        }
    }
    /// The operation as a binary operator of the tasklet language.
    pub fn op(self) -> BinOp {
        match self {
            Self::Sum => BinOp::Add,
            Self::Product => BinOp::Mul,
            Self::Min => BinOp::Min,
            Self::Max => BinOp::Max,
            Self::And => BinOp::And,
            Self::Or => BinOp::Or,
            Self::BitAnd => BinOp::BitAnd,
            Self::BitOr => BinOp::BitOr,
            Self::BitXor => BinOp::BitXor,
        }
    }
}

impl Tasklet {
    pub fn new(name: &str, code: Code, span: Span) -> Self {
        Self {
            name: name.to_owned(),
            code,
            guard: None,
            index: None,
            span,
        }
    }
}

impl State {
    pub fn new(span: Span) -> Self {
        Self {
            graph: StableDiGraph::default(),
            span,
        }
    }
    /// A state of one tasklet: reads `inputs` (connector k is the k-th), writes `output`.
    pub fn of_tasklet(tasklet: Tasklet, inputs: Vec<Memlet>, output: Memlet) -> Self {
        let mut state = Self::new(tasklet.span);
        state.add_tasklet(tasklet, inputs, output);
        state
    }
    /// Adds a tasklet with access nodes of its own for what it reads (one for each container) and writes.
    pub fn add_tasklet(
        &mut self,
        tasklet: Tasklet,
        inputs: Vec<Memlet>,
        output: Memlet,
    ) -> NodeIndex<u32> {
        let node = self.graph.add_node(Node::Tasklet(tasklet));
        self.connect(node, inputs, vec![output]);
        node
    }
    /// A state of one map. Its edges are made by [`propagate`].
    pub fn of_map(map: Map) -> Self {
        let mut state = Self::new(map.span);
        state.graph.add_node(Node::Map(Box::new(map)));
        state
    }
    pub fn of_library(library: Library, inputs: Vec<Memlet>, outputs: Vec<Memlet>) -> Self {
        let mut state = Self::new(library.span);
        let node = state.graph.add_node(Node::Library(library));
        state.connect(node, inputs, outputs);
        state
    }
    /// Access nodes and edges for a computing node.
    pub fn connect(&mut self, node: NodeIndex<u32>, inputs: Vec<Memlet>, outputs: Vec<Memlet>) {
        let mut read: Vec<(DataId, NodeIndex<u32>)> = Vec::new();
        for (conn, memlet) in inputs.into_iter().enumerate() {
            let from = match read.iter().find(|(d, _)| *d == memlet.data) {
                Some((_, n)) => *n,
                None => {
                    let n = self.graph.add_node(Node::Access(memlet.data));
                    read.push((memlet.data, n));
                    n
                }
            };
            self.graph.add_edge(
                from,
                node,
                Edge {
                    memlet: Some(memlet),
                    conn,
                },
            );
        }
        for (conn, memlet) in outputs.into_iter().enumerate() {
            let to = self.graph.add_node(Node::Access(memlet.data));
            self.graph.add_edge(
                node,
                to,
                Edge {
                    memlet: Some(memlet),
                    conn,
                },
            );
        }
    }
    /// Nodes in an order that respects the edges; the same for the same graph.
    pub fn order(&self) -> Vec<NodeIndex<u32>> {
        use petgraph::Direction::Outgoing;
        let graph = &self.graph;
        let mut waiting: std::collections::BTreeMap<NodeIndex<u32>, usize> = graph
            .node_indices()
            .map(|n| {
                (
                    n,
                    graph
                        .edges_directed(n, petgraph::Direction::Incoming)
                        .count(),
                )
            })
            .collect();
        let mut ready: std::collections::BTreeSet<NodeIndex<u32>> = waiting
            .iter()
            .filter(|(_, c)| **c == 0)
            .map(|(n, _)| *n)
            .collect();
        let mut order = Vec::with_capacity(graph.node_count());
        while let Some(node) = ready.pop_first() {
            order.push(node);
            for next in graph.neighbors_directed(node, Outgoing) {
                if let Some(count) = waiting.get_mut(&next) {
                    *count -= 1;
                    if *count == 0 {
                        ready.insert(next);
                    }
                }
            }
        }
        order
    }
    /// The memlets into a node by connector, ordering edges left out.
    pub fn inputs(&self, node: NodeIndex<u32>) -> Vec<&Memlet> {
        self.memlets(node, petgraph::Direction::Incoming)
    }
    /// The memlets out of a node by connector.
    pub fn outputs(&self, node: NodeIndex<u32>) -> Vec<&Memlet> {
        self.memlets(node, petgraph::Direction::Outgoing)
    }
    fn memlets(&self, node: NodeIndex<u32>, direction: petgraph::Direction) -> Vec<&Memlet> {
        let mut edges: Vec<(usize, &Memlet)> = self
            .graph
            .edges_directed(node, direction)
            .filter_map(|e| e.weight().memlet.as_ref().map(|m| (e.weight().conn, m)))
            .collect();
        edges.sort_by_key(|(conn, _)| *conn);
        edges.into_iter().map(|(_, m)| m).collect()
    }
    /// Everything but the access nodes, in order.
    pub fn computations(&self) -> impl Iterator<Item = NodeIndex<u32>> + '_ {
        let computes = |n: &NodeIndex<u32>| !matches!(self.graph[*n], Node::Access(_));
        let mut found: Vec<_> = self.graph.node_indices().filter(computes).collect();
        // Most states have one, which needs no order.
        if found.len() > 1 {
            found = self.order();
            found.retain(computes);
        }
        found.into_iter()
    }
}
