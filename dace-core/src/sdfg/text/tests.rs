use super::{print, read};
use crate::sdfg::{
    BinOp, Block, Code, Const, DType, Memlet, Node, Region, Sdfg, State, Tasklet, UnOp, Wcr,
    propagate,
};
use crate::symbolic::{Dim, Expr, Range, Subset};
use proptest::prelude::*;

/// Every construct, as it prints.
const SAMPLE: &str = "\
sdfg sample(alpha, A, x, n: int64 = 4i64, k: int32 as k_2, b as `odd name` = -2.5f32) -> y, s:
    symbols N, M
    data alpha: float64
    data A: float64[N, M]
    data x: float64[M]
    data `odd name`: float32
    transient y: float64[N] strides [2] storage heap lifetime program
    transient s: complex128
    transient ind: int64[N]
    transient `for`: bool
    transient B: float64[N, M] strides [1, N]
    state:
        init: map i in 0:N @ multicore:
            zero: y[i] = 0.0
        explicit map i in 0:N, j in 0:M:2:
            y[i] += alpha*A[i, j]*x[j]
        order 1 -> 2
        order 2 -> y@1
    state:
        ``: s = complex128(1.0, float64('-inf'))
    assign w = ind[n - 1] with 0 <= w <= N - 1
    assign v = 3i64
    assign u = in0 + in0 where in0 = ind[0] with u <= M + max(0, N - M)
    for t in range(0, n):
        map i in 1:N, j in i + 1:M @ sequential:
            state:
                B[i, j] = A[i, j] if A[i - 1, j] > 0.5 else sqrt(abs(A[i, j - 1]))
            for l in range(j, 0, -1):
                B[i, l] = in0 + in0*2.0 where in0 = B[i, l]
    for t in range(n, 0, -2):
        break
    while x[0] < float64({n + 1}) and not `for`:
        state:
            B[0:N, 0:M] = matmul(A[0:N, 0:M], A[0:N, 0:M], trans_a=True)
            ind[0:N] = argmax(B[0:N, 0:M], axis=1)
        if `for`:
            continue
        else:
            if True:
                pass
            return
    state:
        x[0:M] = solve(A[0:M, 0:M], x[0:M])
        x[0:M] += solve(A[0:M, 0:M], x@1[0:M])
    state:
        dynamic y[0:N][in0] min= in1 when in1 >= in2[in0, N] where in0 = ind[0], in1 = x[0], in2 = dynamic A[0:N, 0:M]
        access B
    state:
        call (P, Q) symbols K = N + 1, L = 2:
            reads P = A[0, 0:M], Q = y[0:N]
            writes Q = y[0:N]
            sdfg inner(P, Q):
                symbols K, L
                data P: float64[K]
                data Q: float64[L]
                for i in range(0, L):
                    Q[i] = P[i] + Q[i]
";

#[test]
fn sample_round_trips() {
    let sdfg = read(SAMPLE).unwrap_or_else(|e| panic!("{e}"));
    let text = print(&sdfg);
    similar(&text, SAMPLE);
    assert_eq!(print(&read(&text).unwrap()), text);
}

fn similar(found: &str, expected: &str) {
    for (k, (a, b)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(a, b, "line {}", k + 1);
    }
    assert_eq!(found.lines().count(), expected.lines().count());
}

#[test]
fn edges_of_maps_are_those_of_propagation() {
    let sdfg = read(SAMPLE).unwrap();
    let mut again = sdfg.clone();
    propagate(&mut again);
    similar(&print(&again), SAMPLE);
    let Block::State(state) = &sdfg.body.blocks[0] else {
        panic!("a state")
    };
    let map = state
        .order()
        .into_iter()
        .filter(|n| matches!(state.graph[*n], Node::Map(_)))
        .nth(1)
        .unwrap();
    let reads: Vec<String> = state
        .inputs(map)
        .iter()
        .map(|m| format!("{}[{}]", sdfg.desc(m.data).name, m.subset))
        .collect();
    assert_eq!(reads, ["x[0:M]", "A[0:N, 0:M]", "alpha[]"]);
    assert_eq!(state.outputs(map)[0].wcr, Some(Wcr::Sum));
}

/// Edges that differ from the propagated ones are written out.
#[test]
fn unusual_edges_of_maps() {
    let text = "\
sdfg f(A, C):
    symbols N
    data A: float64[N]
    data C: float64[N]
    transient T: float64[N]
    state:
        map i in 0:N:
            reads A[0:N], dynamic C[0:1]
            writes T[0:N] +=
            T[i] = A[i]
        map i in 0:N:
            from A@2
            C[i] = A[i] + T[i]
        map i in 0:N:
            to C@2
            C[i] = A[i] - T[i]
        order 1 -> A@2
";
    similar(&print(&read(text).unwrap_or_else(|e| panic!("{e}"))), text);
}

#[test]
fn access_nodes_keep_their_identity() {
    let mut sdfg =
        read("sdfg f(A):\n    data A: float64[9]\n    transient t: float64\n    pass\n").unwrap();
    let (a, t) = (sdfg.find("A").unwrap(), sdfg.find("t").unwrap());
    let mut state = State::default();
    let copy = || Tasklet::new("compute", Code::In(0), crate::diag::Span::default());
    // Two reads from nodes of their own, then one from the second read's node, then a second write to the first written node.
    let first = state.add_tasklet(
        copy(),
        vec![Memlet::point(a, [Expr::int(0)])],
        Memlet::scalar(t),
    );
    state.add_tasklet(
        copy(),
        vec![Memlet::point(a, [Expr::int(1)])],
        Memlet::point(a, [Expr::int(2)]),
    );
    let written = state.graph.neighbors(first).next().unwrap();
    let third = state.graph.add_node(Node::Tasklet(copy()));
    let read_node = state
        .graph
        .node_indices()
        .find(|n| matches!(state.graph[*n], Node::Access(d) if d == a))
        .unwrap();
    let edge = |memlet| crate::sdfg::Edge {
        memlet: Some(memlet),
        conn: 0,
    };
    state
        .graph
        .add_edge(read_node, third, edge(Memlet::point(a, [Expr::int(3)])));
    state
        .graph
        .add_edge(third, written, edge(Memlet::scalar(t)));
    sdfg.body = Region::new(vec![Block::State(state)]);
    let text = print(&sdfg);
    assert!(
        text.contains("t = A[0]\n        A[2] = A@2[1]\n        t@1 = A@1[3]\n"),
        "{text}"
    );
    assert_eq!(print(&read(&text).unwrap()), text);
}

#[test]
fn mistakes_name_their_line() {
    let cases = [
        ("", 1, "empty"),
        ("sdfg f():\n    x[0] = 1.0\n", 2, "no container `x`"),
        (
            "sdfg f():\n    data x: float32[N\n    pass\n",
            2,
            "expected `]`",
        ),
        (
            "sdfg f():\n    data x: float33\n    pass\n",
            2,
            "no type `float33`",
        ),
        (
            "sdfg f():\n    data x: int8\n    data x: int8\n    pass\n",
            3,
            "declared twice",
        ),
        ("sdfg f()\n    pass\n", 1, "expected `:`"),
        ("sdfg f():\n", 1, "indented block"),
        (
            "sdfg f():\n    for i in range(3):\n        pass\n",
            2,
            "expected `,`",
        ),
        ("sdfg f():\n    pass\n      pass\n", 3, "indentation"),
        ("sdfg f():\n\tpass\n", 2, "spaces"),
        ("sdfg f():\n    else:\n        pass\n", 2, "without `if`"),
        (
            "sdfg f():\n    data x: int8\n    x = x < x < x\n",
            3,
            "chain",
        ),
        (
            "sdfg f():\n    data x: int8\n    x = foo(x)\n",
            3,
            "no function `foo`",
        ),
        (
            "sdfg f():\n    data x: int8\n    x = x@3\n",
            3,
            "before access node",
        ),
        (
            "sdfg f():\n    data x: int8\n    map i in 0:N @ fast:\n        x = 1i8\n",
            3,
            "no schedule `fast`",
        ),
        (
            "sdfg f():\n    data x: int8\n    if x@2:\n        pass\n",
            3,
            "inside of states",
        ),
        (
            "sdfg f():\n    data x: int8\n    state:\n        order 1 -> 2\n",
            4,
            "no line 1",
        ),
        (
            "sdfg f():\n    data x: int8\n    x = 1q8\n",
            3,
            "`1q8` is not a number",
        ),
        (
            "sdfg f():\n    if `odd name`:\n        pass\n",
            2,
            "no container `odd name`",
        ),
        (
            "sdfg f():\n    for `odd name` in range(0, 2):\n        pass\n",
            2,
            "not the name of a symbol",
        ),
        (
            "sdfg f():\n    x: for i in range(0, 2):\n        pass\n",
            2,
            "have a name",
        ),
    ];
    for (text, line, message) in cases {
        let error = read(text)
            .err()
            .unwrap_or_else(|| panic!("accepted: {text}"));
        assert!(
            error.line == line && error.message.contains(message),
            "{text}\n{error}"
        );
    }
    let deep = format!(
        "sdfg f():\n    data x: float64\n    x = {}1.0{}\n",
        "(".repeat(100_000),
        ")".repeat(100_000)
    );
    assert!(read(&deep).unwrap_err().message.contains("too deep"));
    let mut deep = String::new();
    for k in 0..1000 {
        deep += &" ".repeat(k);
        deep += "if True:\n";
    }
    assert!(read(&deep).is_err());
}

fn constants() -> impl Strategy<Value = Const> {
    let float = prop_oneof![
        Just(0.0),
        Just(-0.0),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        any::<f64>()
    ]
    .prop_filter("NaN is not equal to itself", |v| !v.is_nan());
    prop_oneof![
        any::<bool>().prop_map(Const::Bool),
        any::<i8>().prop_map(|v| Const::Int(v.into(), DType::Int8)),
        any::<i64>().prop_map(|v| Const::Int(v.into(), DType::Int64)),
        any::<u64>().prop_map(|v| Const::Int(v.into(), DType::UInt64)),
        (
            float.clone(),
            prop_oneof![Just(DType::Float32), Just(DType::Float64)]
        )
            .prop_map(|(v, d)| Const::Float(v, d)),
        (
            float.clone(),
            float,
            prop_oneof![Just(DType::Complex64), Just(DType::Complex128)]
        )
            .prop_map(|(a, b, d)| Const::Complex(a, b, d)),
    ]
}

fn symbolic() -> impl Strategy<Value = Expr> {
    let sym = prop_oneof![
        Just("N"),
        Just("where"),
        Just("A"),
        Just("in0"),
        Just("max")
    ];
    prop_oneof![
        any::<i64>().prop_map(Expr::int),
        sym.clone().prop_map(Expr::sym),
        (sym, -5i64..5).prop_map(|(s, k)| Expr::sym(s) * 2 + k),
    ]
}

fn codes() -> impl Strategy<Value = Code> {
    let leaf = prop_oneof![
        constants().prop_map(Code::Const),
        symbolic().prop_map(Code::Sym),
        (0usize..3).prop_map(Code::In),
    ];
    let un = prop_oneof![
        Just(UnOp::Neg),
        Just(UnOp::Not),
        Just(UnOp::Invert),
        Just(UnOp::Sqrt),
        Just(UnOp::Conj)
    ];
    let bin = prop_oneof![
        Just(BinOp::Add),
        Just(BinOp::Sub),
        Just(BinOp::Div),
        Just(BinOp::Pow),
        Just(BinOp::Shl),
        Just(BinOp::Eq),
        Just(BinOp::Lt),
        Just(BinOp::And),
        Just(BinOp::Or),
        Just(BinOp::BitXor),
        Just(BinOp::Min),
        Just(BinOp::Atan2),
    ];
    leaf.prop_recursive(5, 30, 3, move |inner| {
        prop_oneof![
            (un.clone(), inner.clone()).prop_map(|(op, a)| Code::un(op, a)),
            (bin.clone(), inner.clone(), inner.clone()).prop_map(|(op, a, b)| Code::bin(op, a, b)),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(c, a, b)| Code::select(c, a, b)),
            inner
                .clone()
                .prop_map(|a| Code::Cast(DType::Float32, Box::new(a))),
            (0usize..3, prop::collection::vec(inner, 1..3))
                .prop_map(|(k, index)| Code::Load(k, index)),
        ]
    })
}

fn program(code: Code, guard: Option<Code>) -> Sdfg {
    let mut sdfg =
        read("sdfg f(A):\n    data A: float64[9, 9]\n    transient t: float64\n    data in1: float64\n    pass\n").unwrap();
    let (a, t, c) = (
        sdfg.find("A").unwrap(),
        sdfg.find("t").unwrap(),
        sdfg.find("in1").unwrap(),
    );
    let mut tasklet = Tasklet::new("name", code, crate::diag::Span::default());
    tasklet.guard = guard;
    let all = Subset(vec![Dim::Range(Range::upto(9)), Dim::Index(Expr::sym("N"))]);
    let inputs = vec![
        Memlet::point(a, [Expr::int(0), Expr::sym("i") - 1]),
        Memlet::scalar(c),
        Memlet::new(a, all),
    ];
    sdfg.body = Region::new(vec![Block::State(State::of_tasklet(
        tasklet,
        inputs,
        Memlet::scalar(t),
    ))]);
    sdfg
}

fn tasklet_of(sdfg: &Sdfg) -> (Tasklet, Vec<Memlet>) {
    let Some(Block::State(state)) = sdfg.body.blocks.first() else {
        panic!("a state")
    };
    let node = state.computations().next().unwrap();
    let Node::Tasklet(t) = &state.graph[node] else {
        panic!("a tasklet")
    };
    (t.clone(), state.inputs(node).into_iter().cloned().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn code_round_trips(code in codes(), guard in prop::option::of(codes())) {
        let sdfg = program(code.clone(), guard.clone());
        let text = print(&sdfg);
        let again = read(&text).map_err(|e| TestCaseError::fail(format!("{text}\n{e}")))?;
        let (tasklet, inputs) = tasklet_of(&again);
        prop_assert_eq!(&tasklet.code, &code, "{}", text);
        prop_assert_eq!(&tasklet.guard, &guard, "{}", text);
        prop_assert_eq!(inputs, tasklet_of(&sdfg).1);
        prop_assert_eq!(print(&again), text);
    }

    /// Whatever the text, the answer is a program or an error.
    #[test]
    fn reading_never_fails_otherwise(cut in 0..SAMPLE.len(), insert in "[ -~]{0,3}", skip in 0usize..6) {
        let mut text = SAMPLE.to_owned();
        let end = (cut + skip).min(text.len());
        text.replace_range(cut..end, &insert);
        if let Ok(sdfg) = read(&text) {
            let printed = print(&sdfg);
            let again = read(&printed).map_err(|e| TestCaseError::fail(format!("{printed}\n{e}")))?;
            prop_assert_eq!(print(&again), printed);
        }
    }
}
