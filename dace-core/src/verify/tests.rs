//! Each invariant broken once, on programs that hold it otherwise.

use super::verify;
use crate::diag::Span;
use crate::sdfg::*;
use crate::symbolic::{Dim, Expr, Range, Subset, Sym};

const SPAN: Span = Span { start: 0, end: 0 };

fn sym(name: &str) -> Expr {
    Expr::sym(name)
}

/// `A`, `B`: float64[N]; `M`, `L`: float64[N, N]; `k`: int64 symbol; transients `t`: float64, `n`: int64, `X`: float64[N].
fn base() -> Sdfg {
    let mut sdfg = Sdfg {
        name: "f".into(),
        params: Vec::new(),
        symbols: vec![Sym::new("N")],
        data: Vec::new(),
        returns: Vec::new(),
        body: Region::default(),
        span: SPAN,
    };
    for (name, rank) in [("A", 1), ("B", 1), ("M", 2), ("L", 2)] {
        let desc = DataDesc::transient(name, DType::Float64, vec![sym("N"); rank]);
        let id = sdfg.add(DataDesc {
            transient: false,
            ..desc
        });
        sdfg.params.push(Param {
            name: name.into(),
            kind: ParamKind::Data(id),
            default: None,
            span: SPAN,
        });
    }
    let kind = ParamKind::Symbol(Sym::new("k"), DType::Int64);
    sdfg.params.push(Param {
        name: "k".into(),
        kind,
        default: None,
        span: SPAN,
    });
    sdfg.add_transient("t", DType::Float64, vec![]);
    sdfg.add_transient("n", DType::Int64, vec![]);
    sdfg.add_transient("X", DType::Float64, vec![sym("N")]);
    sdfg
}

const A: DataId = DataId(0);
const B: DataId = DataId(1);
const M: DataId = DataId(2);
const L: DataId = DataId(3);
const T: DataId = DataId(4);
const INT: DataId = DataId(5);
const X: DataId = DataId(6);

fn one() -> Code {
    Code::Const(Const::Float(1.0, DType::Float64))
}
fn yes() -> Code {
    Code::Const(Const::Bool(true))
}
fn tasklet(code: Code) -> Tasklet {
    Tasklet::new("t", code, SPAN)
}
fn at(data: DataId, index: impl Into<Expr>) -> Memlet {
    Memlet::point(data, [index.into()])
}
fn region(data: DataId, rank: usize) -> Memlet {
    Memlet::new(data, Subset::whole(&vec![sym("N"); rank]))
}
fn state(code: Code, inputs: Vec<Memlet>, out: Memlet) -> Block {
    Block::State(State::of_tasklet(tasklet(code), inputs, out))
}
fn map(param: &str, range: Range, body: Vec<Block>) -> Map {
    let params = vec![Sym::new(param)];
    Map {
        name: "m".into(),
        params,
        ranges: vec![range],
        schedule: Schedule::Default,
        body: Region::new(body),
        explicit: false,
        span: SPAN,
    }
}
fn map_block(map: Map) -> Block {
    Block::State(State::of_map(map))
}
fn for_loop(var: &str, body: Vec<Block>) -> Block {
    let kind = LoopKind::For {
        var: Sym::new(var),
        range: Range::upto(sym("N")),
    };
    Block::Loop(Loop {
        kind,
        body: Region::new(body),
        span: SPAN,
    })
}
fn assign(name: &str, code: Code) -> Block {
    Block::Assign(Assign {
        sym: Sym::new(name),
        value: Eval::constant(code),
        low: None,
        high: None,
        role: None,
        span: SPAN,
    })
}
fn library(kind: LibraryKind, inputs: Vec<Memlet>, out: Memlet) -> Block {
    Block::State(State::of_library(
        Library { kind, span: SPAN },
        inputs,
        vec![out],
    ))
}
const MATMUL: LibraryKind = LibraryKind::MatMul {
    trans_a: false,
    trans_b: false,
};

fn program(blocks: Vec<Block>) -> Sdfg {
    let mut sdfg = base();
    sdfg.body = Region::new(blocks);
    propagate(&mut sdfg);
    sdfg
}

fn complaints(sdfg: &Sdfg) -> String {
    verify(sdfg).err().unwrap_or_default().join("\n")
}
#[track_caller]
fn good(blocks: Vec<Block>) {
    let sdfg = program(blocks);
    assert_eq!(complaints(&sdfg), "");
}
#[track_caller]
fn bad(blocks: Vec<Block>, part: &str) {
    refused(&program(blocks), part);
}
#[track_caller]
fn refused(sdfg: &Sdfg, part: &str) {
    let found = complaints(sdfg);
    assert!(
        found.contains(part),
        "expected a complaint with “{part}”, found: {found:?}"
    );
}
/// A state changed by hand.
fn changed(block: Block, change: impl FnOnce(&mut State)) -> Sdfg {
    let mut sdfg = program(vec![block]);
    if let Some(Block::State(state)) = sdfg.body.blocks.first_mut() {
        change(state);
    }
    sdfg
}

#[test]
fn sound_programs() {
    good(vec![]);
    good(vec![state(one(), vec![], at(A, sym("N") - 1))]);
    good(vec![map_block(map(
        "i",
        Range::upto(sym("N")),
        vec![
            state(Code::In(0), vec![at(A, sym("i"))], Memlet::scalar(T)),
            state(Code::In(0), vec![Memlet::scalar(T)], at(B, sym("i"))),
        ],
    ))]);
    good(vec![for_loop(
        "i",
        vec![
            assign("n1", Code::Sym(sym("i") + 1)),
            Block::Branch(Branch {
                cond: Eval::constant(yes()),
                then: Region::new(vec![Block::Break]),
                otherwise: Region::new(vec![Block::Continue]),
                span: SPAN,
            }),
        ],
    )]);
    // One name for two loops in a row.
    good(vec![for_loop("i", vec![]), for_loop("i", vec![])]);
    good(vec![library(
        MATMUL,
        vec![region(M, 2), region(A, 1)],
        region(B, 1).with_wcr(Wcr::Sum),
    )]);
    good(vec![library(
        LibraryKind::ArgReduce {
            max: true,
            axis: None,
        },
        vec![region(A, 1)],
        Memlet::scalar(INT),
    )]);
    let mut scatter = tasklet(one());
    scatter.index = Some(vec![Code::In(0)]);
    good(vec![Block::State(State::of_tasklet(
        scatter,
        vec![Memlet::scalar(INT)],
        region(A, 1).dynamic(),
    ))]);
}

#[test]
fn programs() {
    let with = |change: &dyn Fn(&mut Sdfg)| {
        let mut sdfg = base();
        change(&mut sdfg);
        sdfg
    };
    refused(
        &with(&|s| s.desc_mut(B).name = "A".into()),
        "two containers are called `A`",
    );
    refused(
        &with(&|s| s.desc_mut(M).strides.clear()),
        "0 strides and 2 dimensions",
    );
    refused(
        &with(&|s| s.params[1].kind = ParamKind::Data(A)),
        "bound to two parameters",
    );
    refused(
        &with(&|s| s.params[1].kind = ParamKind::Data(DataId(99))),
        "there is no container 99",
    );
    refused(
        &with(&|s| s.desc_mut(A).transient = true),
        "the parameter `A` is transient",
    );
    refused(
        &with(&|s| s.desc_mut(T).transient = false),
        "neither a parameter nor transient",
    );
    refused(
        &with(&|s| s.returns.push(DataId(99))),
        "there is no container 99",
    );
    refused(
        &with(&|s| s.symbols.push(Sym::new("k"))),
        "the definition of `k` hides another",
    );
    refused(
        &with(&|s| s.desc_mut(A).shape = vec![sym("Q")]),
        "`Q` is not in scope",
    );
    refused(
        &with(&|s| s.params[4].kind = ParamKind::Symbol(Sym::new("k"), DType::Float64)),
        "symbol parameter `k` is of type float64",
    );
}

#[test]
fn symbols() {
    bad(
        vec![state(one(), vec![], at(A, sym("j")))],
        "`j` is not in scope",
    );
    bad(
        vec![state(
            Code::cast(Code::Sym(sym("j")), DType::Int64, DType::Float64),
            vec![],
            at(A, 0),
        )],
        "`j` is not in scope",
    );
    bad(
        vec![for_loop("i", vec![]), state(one(), vec![], at(A, sym("i")))],
        "`i` is not in scope",
    );
    bad(
        vec![for_loop("i", vec![for_loop("i", vec![])])],
        "the definition of `i` hides another",
    );
    bad(
        vec![for_loop("N", vec![])],
        "the definition of `N` hides another",
    );
    bad(
        vec![
            for_loop("i", vec![assign("n1", Code::int(1))]),
            assign("n1", Code::int(2)),
        ],
        "`n1` is assigned in two places",
    );
    bad(
        vec![for_loop("n1", vec![]), assign("n1", Code::int(2))],
        "`n1` is assigned, and defined elsewhere too",
    );
    bad(
        vec![
            for_loop("i", vec![assign("n1", Code::int(1))]),
            state(one(), vec![], at(A, sym("n1"))),
        ],
        "`n1` is not in scope",
    );
    let mut sdfg = program(vec![
        state(one(), vec![], at(X, 0)),
        assign("n1", Code::int(1)),
    ]);
    sdfg.desc_mut(X).shape = vec![sym("n1")];
    refused(&sdfg, "`n1` is not in scope");
}

#[test]
fn control_flow() {
    bad(
        vec![assign("n1", one())],
        "a value of type float64 where int64 is needed",
    );
    let cond = |code| LoopKind::While {
        cond: Eval::constant(code),
    };
    let looped = |kind, body| {
        Block::Loop(Loop {
            kind,
            body: Region::new(body),
            span: SPAN,
        })
    };
    bad(
        vec![looped(cond(one()), vec![])],
        "a value of type float64 where bool is needed",
    );
    bad(vec![Block::Break], "a jump without its loop");
    bad(
        vec![for_loop(
            "j",
            vec![map_block(map(
                "i",
                Range::upto(sym("N")),
                vec![Block::Continue],
            ))],
        )],
        "a jump without its loop",
    );
    good(vec![map_block(map(
        "i",
        Range::upto(sym("N")),
        vec![for_loop("j", vec![Block::Break])],
    ))]);
    bad(
        vec![map_block(map(
            "i",
            Range::upto(sym("N")),
            vec![Block::Return],
        ))],
        "a return in a map",
    );
    good(vec![for_loop("j", vec![Block::Return])]);
}

#[test]
fn graphs() {
    let simple = || state(Code::In(0), vec![at(A, 0)], at(B, 0));
    let order = || Edge {
        memlet: None,
        conn: 0,
    };
    refused(
        &changed(simple(), |s| {
            let nodes: Vec<_> = s.order();
            s.graph.add_edge(nodes[2], nodes[0], order());
        }),
        "the graph has a cycle",
    );
    refused(
        &changed(simple(), |s| {
            let nodes: Vec<_> = s.order();
            s.graph.add_edge(
                nodes[0],
                nodes[2],
                Edge {
                    memlet: Some(at(A, 0)),
                    conn: 0,
                },
            );
        }),
        "an edge with a memlet from access 0 to access 1",
    );
    let edit = |change: fn(&mut Edge)| {
        changed(simple(), |s| {
            let node = s.computations().next().unwrap();
            let edge = s
                .graph
                .edges_directed(node, petgraph::Direction::Incoming)
                .next()
                .unwrap()
                .id();
            change(&mut s.graph[edge]);
        })
    };
    use petgraph::visit::EdgeRef;
    refused(
        &edit(|e| e.memlet = Some(at(B, 0))),
        "a memlet of `B` on an edge of `A`",
    );
    refused(&edit(|e| e.conn = 1), "the in connectors are [1]");
    refused(
        &edit(|e| e.memlet = Some(Memlet::scalar(A))),
        "a subset of rank 0 of `A`, of rank 1",
    );
    refused(
        &edit(|e| e.memlet = Some(at(A, 0).with_wcr(Wcr::Sum))),
        "a write-conflict resolution on a read of `A`",
    );
    bad(
        vec![state(one(), vec![], at(A, 0).with_wcr(Wcr::And))],
        "And does not resolve conflicts of float64 elements",
    );
    let mut sdfg = program(vec![state(one(), vec![], at(X, 5))]);
    sdfg.desc_mut(X).shape = vec![Expr::int(5)];
    refused(
        &sdfg,
        "index 5 is out of bounds for dimension 0 of `X` with size 5",
    );
}

#[test]
fn unordered_nodes() {
    let two = |first: Memlet, second: Memlet| {
        let mut s = State::new(SPAN);
        s.add_tasklet(tasklet(one()), vec![], first);
        s.add_tasklet(tasklet(one()), vec![], second);
        Block::State(s)
    };
    bad(
        vec![two(at(A, 0), at(A, sym("k")))],
        "conflict on `A`, and no path orders them",
    );
    good(vec![two(at(A, sym("k")), at(A, sym("k") + 1))]);
    good(vec![two(at(A, 0), at(B, 0))]);
    good(vec![two(
        at(A, 0).with_wcr(Wcr::Sum),
        at(A, 0).with_wcr(Wcr::Sum),
    )]);
    bad(
        vec![two(
            at(A, 0).with_wcr(Wcr::Sum),
            at(A, 0).with_wcr(Wcr::Max),
        )],
        "conflict on `A`",
    );
    let mut s = State::new(SPAN);
    s.add_tasklet(tasklet(one()), vec![], at(A, 0));
    s.add_tasklet(tasklet(Code::In(0)), vec![at(A, 0)], at(B, 0));
    bad(vec![Block::State(s)], "conflict on `A`");
    // The same two with a path between them.
    let mut s = State::new(SPAN);
    let first = s.add_tasklet(tasklet(one()), vec![], at(A, 0));
    let second = s.add_tasklet(tasklet(Code::In(0)), vec![at(A, 0)], at(B, 0));
    s.graph.add_edge(
        first,
        second,
        Edge {
            memlet: None,
            conn: 0,
        },
    );
    good(vec![Block::State(s)]);
    // Even and odd elements.
    let strided = |begin: i64| {
        Memlet::new(A, Subset(vec![Dim::Range(Range::new(begin, sym("N"), 2))])).dynamic()
    };
    let mut s = State::new(SPAN);
    for begin in [0, 1] {
        let mut t = tasklet(one());
        t.index = Some(vec![Code::int(0)]);
        s.add_tasklet(t, vec![], strided(begin));
    }
    good(vec![Block::State(s)]);
}

#[test]
fn code() {
    let into = |code, inputs, out| vec![state(code, inputs, out)];
    let t = || Memlet::scalar(T);
    let n = || Memlet::scalar(INT);
    bad(
        into(Code::In(1), vec![at(A, 0)], t()),
        "the code reads connector 1, there are 1",
    );
    bad(
        into(Code::In(0), vec![region(A, 1)], t()),
        "takes one element of `A`, its memlet moves a region",
    );
    bad(
        into(Code::Load(0, vec![]), vec![region(A, 1)], t()),
        "0 indices for a region of `A` with 1 ranges",
    );
    bad(
        into(Code::Load(0, vec![one()]), vec![region(A, 1)], t()),
        "an index of type float64",
    );
    good(into(
        Code::Load(0, vec![Code::int(0)]),
        vec![region(A, 1)],
        t(),
    ));
    bad(
        into(
            Code::bin(BinOp::Add, Code::In(0), Code::In(1)),
            vec![at(A, 0), n()],
            t(),
        ),
        "Add of float64 and int64",
    );
    bad(
        into(Code::bin(BinOp::Shl, one(), one()), vec![], t()),
        "Shl is not defined for float64",
    );
    bad(
        into(Code::un(UnOp::Not, one()), vec![], t()),
        "Not is not defined for float64",
    );
    bad(
        into(Code::select(one(), one(), one()), vec![], t()),
        "a selection whose condition is not bool",
    );
    bad(
        into(Code::select(yes(), one(), yes()), vec![], t()),
        "a selection between float64 and bool",
    );
    bad(
        into(
            Code::Cast(
                DType::Float64,
                Box::new(Code::Const(Const::Int(300, DType::Int8))),
            ),
            vec![],
            t(),
        ),
        "does not fit its type",
    );
    bad(
        into(yes(), vec![], t()),
        "a value of type bool is written to `t`, of type float64",
    );
}

#[test]
fn tasklets() {
    bad(
        vec![state(one(), vec![], region(A, 1))],
        "a tasklet without index writes a region of `A`",
    );
    refused(
        &changed(state(one(), vec![], at(A, 0)), |s| {
            let node = s.computations().next().unwrap();
            let access = s.graph.add_node(Node::Access(B));
            s.graph.add_edge(
                node,
                access,
                Edge {
                    memlet: Some(at(B, 0)),
                    conn: 1,
                },
            );
        }),
        "2 edges out, a tasklet has one",
    );
    let guarded = |guard, out| {
        let mut t = tasklet(one());
        t.guard = Some(guard);
        vec![Block::State(State::of_tasklet(t, vec![], out))]
    };
    good(guarded(yes(), at(A, 0).dynamic()));
    bad(
        guarded(one(), at(A, 0).dynamic()),
        "a guard of type float64",
    );
    bad(guarded(yes(), at(A, 0)), "a memlet that is not dynamic");
    let mut t = tasklet(one());
    t.index = Some(vec![Code::int(0), Code::int(0)]);
    bad(
        vec![Block::State(State::of_tasklet(
            t,
            vec![],
            region(A, 1).dynamic(),
        ))],
        "2 indices for a region of `A` with 1 ranges",
    );
}

#[test]
fn maps() {
    let body = || vec![state(Code::In(0), vec![at(A, sym("i"))], at(B, sym("i")))];
    let whole = || Range::upto(sym("N"));
    bad(
        vec![map_block(map("i", Range::new(0, sym("i"), 1), body()))],
        "names the map's own parameter `i`",
    );
    bad(
        vec![map_block(map("i", Range::new(sym("N"), 0, -1), body()))],
        "is not positive",
    );
    let mut two = map("i", whole(), body());
    two.params.push(Sym::new("j"));
    bad(vec![map_block(two)], "2 parameters and 1 ranges");
    let mut two = map("i", whole(), body());
    two.params.push(Sym::new("i"));
    two.ranges.push(whole());
    bad(vec![map_block(two)], "the definition of `i` hides another");
    refused(
        &changed(map_block(map("i", whole(), body())), |s| {
            let access = s
                .graph
                .node_indices()
                .find(|n| matches!(s.graph[*n], Node::Access(A)))
                .unwrap();
            s.graph.remove_node(access);
        }),
        "`A` is missing on the edges in",
    );
    refused(
        &changed(map_block(map("i", whole(), body())), |s| {
            let node = s.computations().next().unwrap();
            let access = s.graph.add_node(Node::Access(M));
            s.graph.add_edge(
                node,
                access,
                Edge {
                    memlet: Some(region(M, 2)),
                    conn: 0,
                },
            );
        }),
        "`M` is listed without need on the edges out",
    );
}

#[test]
fn libraries() {
    let mul = |a, b, out| vec![library(MATMUL, vec![a, b], out)];
    good(mul(region(M, 2), region(M, 2), region(L, 2)));
    bad(
        mul(region(M, 2), region(M, 2), region(A, 1)),
        "operands of ranks [2, 2] and a result of rank 1",
    );
    bad(
        mul(region(M, 2), Memlet::scalar(T), region(A, 1)),
        "operands of ranks [2, 0]",
    );
    bad(
        mul(region(M, 2), region(L, 2), region(L, 2)),
        "the result overlaps an operand",
    );
    bad(
        vec![library(MATMUL, vec![region(M, 2)], region(L, 2))],
        "1 operands, not 2",
    );
    bad(
        mul(region(A, 1), region(B, 1), Memlet::scalar(INT)),
        "operands of types",
    );
    bad(
        mul(
            region(A, 1),
            region(B, 1),
            Memlet::scalar(T).with_wcr(Wcr::Max),
        ),
        "a write-conflict resolution that the operation does not have",
    );
    let transposed = LibraryKind::MatMul {
        trans_a: true,
        trans_b: false,
    };
    bad(
        vec![library(
            transposed,
            vec![region(A, 1), region(M, 2)],
            region(B, 1),
        )],
        "operands of ranks [1, 2]",
    );
    bad(
        vec![library(
            LibraryKind::ArgReduce {
                max: true,
                axis: Some(1),
            },
            vec![region(A, 1)],
            Memlet::scalar(INT),
        )],
        "operands of ranks [1]",
    );
    bad(
        vec![library(LibraryKind::Inv, vec![region(A, 1)], region(L, 2))],
        "operands of ranks [1]",
    );
    bad(
        vec![library(
            LibraryKind::Solve,
            vec![region(M, 2), region(A, 1)],
            region(L, 2),
        )],
        "operands of ranks [2, 1]",
    );
}

/// A call of `g(y: float64[K], s: int64)`, which writes `y`, on `A`.
fn call(
    change: impl FnOnce(&mut Nested, &mut State, petgraph::stable_graph::NodeIndex<u32>),
) -> Sdfg {
    let mut inner = Sdfg {
        name: "g".into(),
        symbols: vec![Sym::new("K")],
        data: Vec::new(),
        params: Vec::new(),
        ..base()
    };
    let y = inner.add(DataDesc {
        transient: false,
        ..DataDesc::transient("y", DType::Float64, vec![sym("K")])
    });
    inner.params.push(Param {
        name: "y".into(),
        kind: ParamKind::Data(y),
        default: None,
        span: SPAN,
    });
    let kind = ParamKind::Symbol(Sym::new("s"), DType::Int64);
    inner.params.push(Param {
        name: "s".into(),
        kind,
        default: None,
        span: SPAN,
    });
    inner.body = Region::new(vec![state(one(), vec![], at(y, sym("s")))]);
    let mut nested = Nested {
        sdfg: inner,
        args: vec![y],
        symbols: vec![(Sym::new("K"), sym("N")), (Sym::new("s"), Expr::zero())],
        span: SPAN,
    };
    let mut s = State::new(SPAN);
    let node = s.graph.add_node(Node::Nested(Box::new(nested.clone())));
    s.connect(node, vec![region(A, 1)], vec![region(A, 1)]);
    change(&mut nested, &mut s, node);
    s.graph[node] = Node::Nested(Box::new(nested));
    program(vec![Block::State(s)])
}

#[test]
fn calls() {
    use petgraph::Direction::{Incoming, Outgoing};
    use petgraph::visit::EdgeRef;
    assert_eq!(complaints(&call(|_, _, _| {})), "");
    refused(
        &call(|n, _, _| n.symbols.truncate(1)),
        "`s` of the program called gets no value",
    );
    refused(
        &call(|n, _, _| n.symbols.push((Sym::new("K"), Expr::one()))),
        "gets a value twice",
    );
    refused(
        &call(|n, _, _| n.symbols[1].1 = sym("zz")),
        "`zz` is not in scope",
    );
    refused(
        &call(|n, _, _| n.args[0] = DataId(9)),
        "a connector of no container",
    );
    refused(
        &call(|n, _, _| n.args.push(DataId(0))),
        "two connectors of one container",
    );
    refused(
        &call(|n, _, _| n.sdfg.body.blocks.push(Block::Break)),
        "f / state 0 / call of g: g / jump 1: a jump without its loop",
    );
    let edge = |s: &State, node, direction| {
        s.graph
            .edges_directed(node, direction)
            .next()
            .map(|e| e.id())
            .unwrap()
    };
    refused(
        &call(|_, s, node| {
            let e = edge(s, node, Outgoing);
            s.graph.remove_edge(e);
        }),
        "`y` is written and has no edge out",
    );
    refused(
        &call(|_, s, node| {
            let e = edge(s, node, Incoming);
            s.graph[e].conn = 3;
        }),
        "there is no connector 3",
    );
    refused(
        &call(|_, s, node| {
            let e = edge(s, node, Incoming);
            s.graph[e].memlet = Some(at(A, 0));
        }),
        "is bound to float64 with rank 0",
    );
    refused(
        &call(|_, s, node| {
            let e = edge(s, node, Incoming);
            s.graph[e].memlet = Some(Memlet::new(
                A,
                Subset(vec![Dim::Range(Range::new(1, sym("N"), 1))]),
            ));
        }),
        "`y` goes in and out by different regions",
    );
    refused(
        &call(|_, s, node| {
            let e = edge(s, node, Outgoing);
            s.graph[e].memlet = Some(region(A, 1).with_wcr(Wcr::Sum));
        }),
        "does not resolve conflicts on `y`",
    );
    let second = |inner_name: &str, data: DataId| {
        let name = inner_name.to_owned();
        call(move |n, s, node| {
            let z = n.sdfg.add(DataDesc {
                transient: false,
                ..DataDesc::transient(&name, DType::Float64, vec![sym("K")])
            });
            n.sdfg.params.push(Param {
                name,
                kind: ParamKind::Data(z),
                default: None,
                span: SPAN,
            });
            n.args.push(z);
            let access = s.graph.add_node(Node::Access(data));
            s.graph.add_edge(
                access,
                node,
                Edge {
                    memlet: Some(region(data, 1)),
                    conn: 1,
                },
            );
        })
    };
    assert_eq!(complaints(&second("z", B)), "");
    refused(&second("z", A), "what `y` writes overlaps another operand");
    refused(
        &call(|n, _, _| {
            let z = n.sdfg.add(DataDesc {
                transient: false,
                ..DataDesc::transient("z", DType::Float64, vec![])
            });
            n.sdfg.params.push(Param {
                name: "z".into(),
                kind: ParamKind::Data(z),
                default: None,
                span: SPAN,
            });
        }),
        "`z` has no edge",
    );
}
