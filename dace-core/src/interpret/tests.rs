//! Hand-built programs, one for each kind of node and each way to fail.

use super::*;
use crate::diag::Span;
use crate::sdfg::*;
use crate::symbolic::{Dim, Expr, Range, Subset, Sym};
use crate::verify::verify;

const SPAN: Span = Span { start: 0, end: 0 };
const F: DType = DType::Float64;
const I: DType = DType::Int64;

fn sym(name: &str) -> Expr {
    Expr::sym(name)
}

/// Builds programs.
struct Build(Sdfg);

impl Build {
    fn new(symbols: &[&str]) -> Self {
        Self(Sdfg {
            name: "f".into(),
            params: Vec::new(),
            symbols: symbols.iter().map(|s| Sym::new(s)).collect(),
            data: Vec::new(),
            returns: Vec::new(),
            body: Region::default(),
            span: SPAN,
        })
    }
    fn array(&mut self, name: &str, dtype: DType, shape: &[Expr]) -> DataId {
        let id = self.0.add(DataDesc {
            transient: false,
            ..DataDesc::transient(name, dtype, shape.to_vec())
        });
        self.0.params.push(Param {
            name: name.into(),
            kind: ParamKind::Data(id),
            default: None,
            span: SPAN,
        });
        id
    }
    fn int(&mut self, name: &str) -> Expr {
        let kind = ParamKind::Symbol(Sym::new(name), I);
        self.0.params.push(Param {
            name: name.into(),
            kind,
            default: None,
            span: SPAN,
        });
        sym(name)
    }
    fn transient(&mut self, name: &str, dtype: DType, shape: &[Expr]) -> DataId {
        self.0.add_transient(name, dtype, shape.to_vec())
    }
    fn done(mut self, blocks: Vec<Block>) -> Sdfg {
        self.0.body = Region::new(blocks);
        propagate(&mut self.0);
        assert_eq!(verify(&self.0), Ok(()));
        self.0
    }
}

fn float(v: f64) -> Code {
    Code::Const(Const::Float(v, F))
}
fn add(a: Code, b: Code) -> Code {
    Code::bin(BinOp::Add, a, b)
}
fn at(data: DataId, index: &[Expr]) -> Memlet {
    Memlet::point(data, index.to_vec())
}
fn span(data: DataId, begin: impl Into<Expr>, end: impl Into<Expr>, step: i64) -> Memlet {
    Memlet::new(data, Subset(vec![Dim::Range(Range::new(begin, end, step))]))
}
fn tasklet(code: Code, inputs: Vec<Memlet>, out: Memlet) -> Block {
    Block::State(State::of_tasklet(
        Tasklet::new("t", code, SPAN),
        inputs,
        out,
    ))
}
fn map(params: &[(&str, Range)], body: Vec<Block>) -> Block {
    let (params, ranges) = params.iter().map(|(p, r)| (Sym::new(p), r.clone())).unzip();
    let body = Region::new(body);
    Block::State(State::of_map(Map {
        name: "m".into(),
        params,
        ranges,
        schedule: Schedule::Default,
        body,
        explicit: false,
        span: SPAN,
    }))
}
fn for_loop(var: &str, range: Range, body: Vec<Block>) -> Block {
    Block::Loop(Loop {
        kind: LoopKind::For {
            var: Sym::new(var),
            range,
        },
        body: Region::new(body),
        span: SPAN,
    })
}
fn branch(cond: Eval, then: Vec<Block>, otherwise: Vec<Block>) -> Block {
    Block::Branch(Branch {
        cond,
        then: Region::new(then),
        otherwise: Region::new(otherwise),
        span: SPAN,
    })
}
fn floats(values: &[f64]) -> Tensor {
    Tensor::floats(vec![values.len()], values)
}
fn matrix(rows: usize, values: &[f64]) -> Tensor {
    Tensor::floats(vec![rows, values.len() / rows], values)
}
fn int(value: i64) -> Tensor {
    Tensor::scalar(Const::from_i64(value, I))
}
fn strict() -> Options {
    Options {
        max_steps: Some(10_000),
        seed: Some(7),
        detect_races: true,
        ..Options::default()
    }
}
#[track_caller]
fn ok(sdfg: &Sdfg, args: Vec<Tensor>) -> Outcome {
    run_with(sdfg, args, &[], &strict()).unwrap()
}
#[track_caller]
fn fails(sdfg: &Sdfg, args: Vec<Tensor>) -> RunError {
    run_with(sdfg, args, &[], &strict()).unwrap_err()
}

/// `for i in map[0:N]: t = A[i]; B[i] = t + 1`, with `t` private.
#[test]
fn a_map_with_a_private_transient() {
    let mut b = Build::new(&["N"]);
    let (x, y) = (b.array("A", F, &[sym("N")]), b.array("B", F, &[sym("N")]));
    let t = b.transient("t", F, &[]);
    let range = || Range::upto(sym("N"));
    let sdfg = b.done(vec![map(
        &[("i", range())],
        vec![
            tasklet(Code::In(0), vec![at(x, &[sym("i")])], Memlet::scalar(t)),
            tasklet(
                add(Code::In(0), float(1.0)),
                vec![Memlet::scalar(t)],
                at(y, &[sym("i")]),
            ),
        ],
    )]);
    let out = ok(&sdfg, vec![floats(&[1.0, 2.0, 3.0]), floats(&[0.0; 3])]);
    assert_eq!(
        out.args,
        vec![floats(&[1.0, 2.0, 3.0]), floats(&[2.0, 3.0, 4.0])]
    );
    let error = fails(&sdfg, vec![floats(&[1.0, 2.0, 3.0]), floats(&[0.0; 2])]);
    assert_eq!(
        error.to_string(),
        "dimension 0 of `B` is 2; `N` was expected, which is 3"
    );
}

#[test]
fn a_private_transient_starts_undefined() {
    let mut b = Build::new(&["N"]);
    let y = b.array("B", F, &[sym("N")]);
    let t = b.transient("t", F, &[]);
    let sdfg = b.done(vec![map(
        &[("i", Range::upto(sym("N")))],
        vec![
            tasklet(Code::In(0), vec![Memlet::scalar(t)], at(y, &[sym("i")])),
            tasklet(float(1.0), vec![], Memlet::scalar(t)),
        ],
    )]);
    assert_eq!(
        fails(&sdfg, vec![floats(&[0.0; 3])]),
        RunError::Uninitialised {
            container: "t".into()
        }
    );
}

#[test]
fn races_are_found() {
    let program = |out: &dyn Fn(DataId) -> Memlet, input: &dyn Fn(DataId) -> Memlet| {
        let mut b = Build::new(&["N"]);
        let x = b.array("A", F, &[sym("N")]);
        b.done(vec![map(
            &[("i", Range::new(1, sym("N"), 1))],
            vec![tasklet(Code::In(0), vec![input(x)], out(x))],
        )])
    };
    let (here, first) = (|x| at(x, &[sym("i")]), |x| at(x, &[Expr::zero()]));
    let args = || vec![floats(&[1.0, 2.0, 3.0])];
    let race = |index| RunError::Race {
        map: "m".into(),
        container: "A".into(),
        index: vec![index],
    };
    assert_eq!(fails(&program(&first, &here), args()), race(0));
    assert!(matches!(
        fails(&program(&here, &|x| at(x, &[sym("i") - 1])), args()),
        RunError::Race { .. }
    ));
    let sum = ok(&program(&|x| first(x).with_wcr(Wcr::Sum), &here), args());
    assert_eq!(sum.args, vec![floats(&[6.0, 2.0, 3.0])]);
    // Without detection the program runs.
    assert!(run_with(&program(&first, &here), args(), &[], &Options::default()).is_ok());
}

#[test]
fn loops_and_jumps() {
    let mut b = Build::new(&["N"]);
    let x = b.array("A", F, &[sym("N")]);
    let step = b.int("s");
    let equals = |n: i64| Eval::constant(Code::bin(BinOp::Eq, Code::Sym(sym("i")), Code::int(n)));
    let sdfg = b.done(vec![
        for_loop(
            "i",
            Range::new(0, sym("N"), step),
            vec![
                branch(equals(1), vec![Block::Continue], vec![]),
                branch(equals(3), vec![Block::Break], vec![]),
                tasklet(
                    add(Code::In(0), float(10.0)),
                    vec![at(x, &[sym("i")])],
                    at(x, &[sym("i")]),
                ),
            ],
        ),
        for_loop(
            "j",
            Range::new(sym("N") - 1, -1, -2),
            vec![
                tasklet(float(0.5), vec![], at(x, &[sym("j")]).with_wcr(Wcr::Sum)),
                branch(
                    Eval::constant(Code::bin(BinOp::Eq, Code::Sym(sym("j")), Code::int(2))),
                    vec![Block::Return],
                    vec![],
                ),
            ],
        ),
    ]);
    let out = ok(&sdfg, vec![floats(&[0.0; 5]), int(1)]);
    assert_eq!(out.args[0], floats(&[10.0, 0.0, 10.5, 0.0, 0.5]));
    assert_eq!(
        fails(&sdfg, vec![floats(&[0.0; 5]), int(0)]),
        RunError::ZeroStep
    );
    assert_eq!(
        ok(&sdfg, vec![floats(&[0.0; 5]), int(-1)]).args[0],
        floats(&[0.0, 0.0, 0.5, 0.0, 0.5])
    );
}

#[test]
fn a_while_loop_and_its_budget() {
    let mut b = Build::new(&[]);
    let limit = b.array("limit", F, &[]);
    let t = b.transient("t", F, &[]);
    b.0.returns.push(t);
    let cond = Eval {
        code: Code::bin(BinOp::Le, Code::In(0), Code::In(1)),
        inputs: vec![Memlet::scalar(t), Memlet::scalar(limit)],
    };
    let double = add(add(Code::In(0), Code::In(0)), float(1.0));
    let body = Region::new(vec![tasklet(
        double,
        vec![Memlet::scalar(t)],
        Memlet::scalar(t),
    )]);
    let sdfg = b.done(vec![
        tasklet(float(0.0), vec![], Memlet::scalar(t)),
        Block::Loop(Loop {
            kind: LoopKind::While { cond },
            body,
            span: SPAN,
        }),
    ]);
    let scalar = |v| Tensor::scalar(Const::Float(v, F));
    assert_eq!(ok(&sdfg, vec![scalar(100.0)]).returns, vec![scalar(127.0)]);
    assert_eq!(
        fails(&sdfg, vec![scalar(f64::INFINITY)]),
        RunError::StepBudget(10_000)
    );
}

/// `n = I[0]; T = empty(n); T[:] = 2; out = T[n - 1]`, twice.
#[test]
fn data_dependent_shapes() {
    let mut b = Build::new(&[]);
    let index = b.array("I", I, &[Expr::int(2)]);
    let t = b.transient("T", F, &[sym("n")]);
    let out = b.transient("out", F, &[]);
    b.0.returns.push(out);
    let value = Eval {
        code: Code::In(0),
        inputs: vec![at(index, &[sym("k")])],
    };
    let assign = Block::Assign(Assign {
        sym: "n".into(),
        value,
        low: None,
        high: Some(Expr::int(4)),
        role: None,
        span: SPAN,
    });
    let sdfg = b.done(vec![for_loop(
        "k",
        Range::upto(2),
        vec![
            assign,
            map(
                &[("i", Range::upto(sym("n")))],
                vec![tasklet(
                    float(2.0),
                    vec![],
                    at(t, &[sym("i")]).with_wcr(Wcr::Sum),
                )],
            ),
            tasklet(
                add(Code::In(0), Code::In(1)),
                vec![at(t, &[sym("n") - 1]), Memlet::scalar(out)],
                Memlet::scalar(out),
            ),
        ],
    )]);
    let scalar = |v| Tensor::scalar(Const::Float(v, F));
    // The container begins anew with each value of `n`.
    assert_eq!(
        ok(&sdfg, vec![Tensor::ints(vec![2], &[3, 2])]).returns,
        vec![scalar(4.0)]
    );
    assert_eq!(
        fails(&sdfg, vec![Tensor::ints(vec![2], &[1, 5])]),
        RunError::Bounds {
            symbol: "n".into(),
            value: 5,
            low: None,
            high: Some(4)
        }
    );
    assert_eq!(
        fails(&sdfg, vec![Tensor::ints(vec![2], &[1, -1])]),
        RunError::NegativeSize {
            what: "T".into(),
            size: -1
        }
    );
    assert_eq!(
        fails(&sdfg, vec![Tensor::ints(vec![2], &[0, 1])]),
        RunError::Index {
            container: "T".into(),
            dim: 0,
            index: -1,
            size: 0
        }
    );
}

#[test]
fn guards_gathers_and_scatters() {
    let mut b = Build::new(&["N", "M"]);
    let (x, y, index) = (
        b.array("A", F, &[sym("N")]),
        b.array("B", F, &[sym("N")]),
        b.array("I", I, &[sym("M")]),
    );
    let whole = |data| span(data, 0, sym("N"), 1);
    let inputs = || vec![at(index, &[sym("k")]), whole(x).dynamic()];
    // for k in M: if A[I[k]] > 0: B[I[k]] += A[I[k]]
    let load = || Code::Load(1, vec![Code::In(0)]);
    let t = Tasklet {
        guard: Some(Code::bin(BinOp::Gt, load(), float(0.0))),
        index: Some(vec![Code::In(0)]),
        ..Tasklet::new("t", load(), SPAN)
    };
    let out = whole(y).with_wcr(Wcr::Sum).dynamic();
    let sdfg = b.done(vec![map(
        &[("k", Range::upto(sym("M")))],
        vec![Block::State(State::of_tasklet(t, inputs(), out))],
    )]);
    let args = |index: &[i64]| {
        vec![
            floats(&[1.0, -2.0, 3.0]),
            floats(&[0.0; 3]),
            Tensor::ints(vec![index.len()], index),
        ]
    };
    assert_eq!(
        ok(&sdfg, args(&[2, 1, 2, 0])).args[1],
        floats(&[1.0, 0.0, 6.0])
    );
    for wrong in [3, -1] {
        assert_eq!(
            fails(&sdfg, args(&[wrong])),
            RunError::Index {
                container: "A".into(),
                dim: 0,
                index: wrong,
                size: 3
            }
        );
    }
}

/// `g(y, s)` adds `s` to every element of a vector, called on every second element of a column.
#[test]
fn nested_programs_work_on_regions() {
    let mut inner = Build::new(&["K"]);
    let y = inner.array("y", F, &[sym("K")]);
    let s = inner.array("s", F, &[]);
    let point = at(y, &[sym("i")]);
    let code = add(Code::In(0), Code::In(1));
    let body = vec![
        tasklet(code, vec![point.clone(), Memlet::scalar(s)], point),
        Block::Return,
    ];
    let inner = inner.done(vec![for_loop("i", Range::upto(sym("K")), body)]);
    let mut b = Build::new(&["N"]);
    let (m, c) = (
        b.array("M", F, &[sym("N"), Expr::int(2)]),
        b.array("c", F, &[]),
    );
    let column = Memlet::new(
        m,
        Subset(vec![
            Dim::Range(Range::new(1, sym("N"), 2)),
            Dim::Index(Expr::one()),
        ]),
    );
    let node = Nested {
        sdfg: inner,
        args: vec![y, s],
        symbols: vec![("K".into(), sym("N").floor_div(&Expr::int(2)))],
        span: SPAN,
    };
    let mut state = State::new(SPAN);
    let node = state.graph.add_node(Node::Nested(Box::new(node)));
    state.connect(node, vec![column.clone(), Memlet::scalar(c)], vec![column]);
    let sdfg = b.done(vec![Block::State(state)]);
    let c = Tensor::scalar(Const::Float(5.0, F));
    let out = ok(&sdfg, vec![matrix(5, &[0.0; 10]), c.clone()]);
    // The inner return leaves the inner program only, after its first iteration.
    assert_eq!(
        out.args[0],
        matrix(5, &[0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    );
    assert_eq!(out.args[1], c);
}

fn library(kind: LibraryKind, shapes: &[usize], result: usize) -> Sdfg {
    let mut b = Build::new(&[]);
    let whole = |id, rank: usize, name: &str| {
        let dims = (0..rank).map(|d| Dim::Range(Range::upto(sym(&format!("{name}{d}")))));
        Memlet::new(id, Subset(dims.collect()))
    };
    let mut operands = Vec::new();
    for (index, rank) in shapes.iter().chain([&result]).enumerate() {
        let name = format!("s{index}x");
        let shape: Vec<Expr> = (0..*rank).map(|d| sym(&format!("{name}{d}"))).collect();
        b.0.symbols
            .extend((0..*rank).map(|d| Sym::new(&format!("{name}{d}"))));
        let dtype = if index == shapes.len() && matches!(kind, LibraryKind::ArgReduce { .. }) {
            I
        } else {
            F
        };
        let id = b.array(&name, dtype, &shape);
        operands.push(whole(id, *rank, &name));
    }
    let out = operands.pop().unwrap();
    b.done(vec![Block::State(State::of_library(
        Library { kind, span: SPAN },
        operands,
        vec![out],
    ))])
}

#[test]
fn matrix_products() {
    let product = |shapes: &[usize], rank, args: Vec<Tensor>| {
        ok(
            &library(
                LibraryKind::MatMul {
                    trans_a: false,
                    trans_b: false,
                },
                shapes,
                rank,
            ),
            args,
        )
        .args
        .pop()
        .unwrap()
    };
    let (a, b) = (
        matrix(2, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        matrix(3, &[1.0, 0.0, 0.0, 1.0, 2.0, 2.0]),
    );
    assert_eq!(
        product(&[2, 2], 2, vec![a.clone(), b.clone(), matrix(2, &[0.0; 4])]),
        matrix(2, &[7.0, 8.0, 16.0, 17.0])
    );
    assert_eq!(
        product(
            &[2, 1],
            1,
            vec![a.clone(), floats(&[1.0, 1.0, 2.0]), floats(&[0.0; 2])]
        ),
        floats(&[9.0, 21.0])
    );
    assert_eq!(
        product(
            &[1, 2],
            1,
            vec![floats(&[1.0, 2.0]), a.clone(), floats(&[0.0; 3])]
        ),
        floats(&[9.0, 12.0, 15.0])
    );
    // Batches of 2 against one matrix.
    let batch = Tensor::floats(vec![2, 1, 2], &[1.0, 0.0, 0.0, 2.0]);
    let expected = Tensor::floats(vec![2, 1, 3], &[1.0, 2.0, 3.0, 8.0, 10.0, 12.0]);
    assert_eq!(
        product(
            &[3, 2],
            3,
            vec![batch, a.clone(), Tensor::floats(vec![2, 1, 3], &[0.0; 6])]
        ),
        expected
    );
    let transposed = library(
        LibraryKind::MatMul {
            trans_a: true,
            trans_b: true,
        },
        &[2, 2],
        2,
    );
    let out = ok(
        &transposed,
        vec![a.clone(), b.clone(), matrix(3, &[0.0; 9])],
    );
    assert_eq!(
        out.args[2],
        matrix(3, &[1.0, 4.0, 10.0, 2.0, 5.0, 14.0, 3.0, 6.0, 18.0])
    );
    assert!(matches!(
        fails(&transposed, vec![a.clone(), a, matrix(3, &[0.0; 9])]),
        RunError::Operands(_)
    ));
}

#[test]
fn linear_algebra() {
    let a = matrix(2, &[0.0, 2.0, 4.0, 2.0]);
    let zeros = || matrix(2, &[0.0; 4]);
    assert_eq!(
        ok(
            &library(LibraryKind::Inv, &[2], 2),
            vec![a.clone(), zeros()]
        )
        .args[1],
        matrix(2, &[-0.25, 0.25, 0.5, 0.0])
    );
    let solve = library(LibraryKind::Solve, &[2, 1], 1);
    assert_eq!(
        ok(&solve, vec![a, floats(&[2.0, 6.0]), floats(&[0.0; 2])]).args[2],
        floats(&[1.0, 1.0])
    );
    assert_eq!(
        fails(
            &solve,
            vec![zeros(), floats(&[2.0, 6.0]), floats(&[0.0; 2])]
        ),
        RunError::SingularMatrix
    );
    let cholesky = library(LibraryKind::Cholesky, &[2], 2);
    // The upper triangle is not looked at.
    assert_eq!(
        ok(
            &cholesky,
            vec![matrix(2, &[4.0, f64::NAN, 2.0, 10.0]), zeros()]
        )
        .args[1],
        matrix(2, &[2.0, 0.0, 1.0, 3.0])
    );
    assert_eq!(
        fails(&cholesky, vec![matrix(2, &[1.0, 2.0, 2.0, 1.0]), zeros()]),
        RunError::NotPositiveDefinite
    );
}

#[test]
fn positions_of_extremes() {
    let arg = |max, axis, rank| library(LibraryKind::ArgReduce { max, axis }, &[2], rank);
    let a = matrix(2, &[1.0, 5.0, 5.0, 5.0, f64::NAN, 0.0]);
    assert_eq!(
        ok(
            &arg(true, Some(1), 1),
            vec![a.clone(), Tensor::ints(vec![2], &[0; 2])]
        )
        .args[1],
        Tensor::ints(vec![2], &[1, 1])
    );
    assert_eq!(
        ok(
            &arg(false, Some(0), 1),
            vec![a.clone(), Tensor::ints(vec![3], &[0; 3])]
        )
        .args[1],
        Tensor::ints(vec![3], &[0, 1, 1])
    );
    let empty = Tensor::floats(vec![0, 2], &[]);
    assert_eq!(
        fails(
            &arg(true, Some(0), 1),
            vec![empty, Tensor::ints(vec![2], &[0; 2])]
        ),
        RunError::EmptyReduction
    );
}

#[test]
fn what_certainly_moves_is_in_bounds() {
    let mut b = Build::new(&["N"]);
    let x = b.array("A", F, &[sym("N")]);
    let k = b.int("k");
    // `A[0] = 1 if True else A[k]`: the memlet moves `A[k]`, used or not.
    let unused = |dynamic| {
        let memlet = Memlet {
            dynamic,
            ..at(x, std::slice::from_ref(&k))
        };
        tasklet(
            Code::select(Code::Const(Const::Bool(true)), float(1.0), Code::In(0)),
            vec![memlet],
            at(x, &[Expr::zero()]),
        )
    };
    let (moved, may) = (unused(false), unused(true));
    let bad = b.done(vec![moved]);
    let args = || vec![floats(&[0.0; 3]), int(3)];
    assert_eq!(
        fails(&bad, args()),
        RunError::Index {
            container: "A".into(),
            dim: 0,
            index: 3,
            size: 3
        }
    );
    let mut good = bad;
    good.body = Region::new(vec![may]);
    assert_eq!(ok(&good, args()).args[0], floats(&[1.0, 0.0, 0.0]));
}

#[test]
fn arguments() {
    let mut b = Build::new(&["N", "K"]);
    b.array("A", F, &[sym("N") * 2 + 1]);
    b.transient("out", I, &[]);
    let out = b.0.find("out").unwrap();
    b.0.returns.push(out);
    let sdfg = b.done(vec![tasklet(
        Code::Sym(sym("N") * 10 + sym("K")),
        vec![],
        Memlet::scalar(out),
    )]);
    let k = |v| [(Sym::new("K"), v)];
    let size = |n: usize| vec![floats(&vec![0.0; n])];
    assert_eq!(run(&sdfg, size(7), &k(4)).unwrap().returns, vec![int(34)]);
    assert_eq!(
        run(&sdfg, size(6), &k(4)).unwrap_err().to_string(),
        "dimension 0 of `A` is 6; `2*N + 1` was expected"
    );
    assert_eq!(
        run(&sdfg, size(0), &k(4)).unwrap_err().to_string(),
        "dimension 0 of `A` is 0; `2*N + 1` was expected"
    );
    assert_eq!(
        run(&sdfg, size(7), &[]),
        Err(RunError::Symbol {
            symbol: "K".into(),
            missing: true
        })
    );
    assert_eq!(
        run(&sdfg, size(7), &[("K".into(), 1), ("N".into(), 1)]),
        Err(RunError::Symbol {
            symbol: "N".into(),
            missing: false
        })
    );
    assert_eq!(
        run(&sdfg, size(7), &k(-1)),
        Err(RunError::NegativeSize {
            what: "K".into(),
            size: -1
        })
    );
    assert_eq!(
        run(&sdfg, vec![], &k(1)),
        Err(RunError::ArgumentCount {
            expected: 1,
            found: 0
        })
    );
    assert!(matches!(
        run(&sdfg, vec![int(1)], &k(1)),
        Err(RunError::ArgumentType { .. })
    ));
    assert!(matches!(
        run(&sdfg, vec![matrix(1, &[1.0])], &k(1)),
        Err(RunError::ArgumentRank { .. })
    ));
    let short = Tensor {
        shape: vec![3],
        ..floats(&[1.0])
    };
    assert!(matches!(
        run(&sdfg, vec![short], &k(1)),
        Err(RunError::ArgumentData { .. })
    ));
    assert_eq!(
        run(&sdfg, size(7), &k(i64::MAX)),
        Err(RunError::TooLarge {
            what: "K".to_owned(),
            size: i64::MAX as u64
        })
    );
}

#[test]
fn integers_to_negative_powers() {
    let mut b = Build::new(&[]);
    let x = b.array("x", I, &[Expr::one()]);
    let k = b.int("k");
    let point = at(x, &[Expr::zero()]);
    let sdfg = b.done(vec![tasklet(
        Code::bin(BinOp::Pow, Code::In(0), Code::Sym(k)),
        vec![point.clone()],
        point,
    )]);
    assert_eq!(
        ok(&sdfg, vec![Tensor::ints(vec![1], &[3]), int(4)]).args[0],
        Tensor::ints(vec![1], &[81])
    );
    assert_eq!(
        fails(&sdfg, vec![Tensor::ints(vec![1], &[3]), int(-1)]),
        RunError::NegativePower
    );
}

#[test]
fn a_copy_of_nothing_holds_nothing() {
    let program = |used: bool| {
        let mut b = Build::new(&["N"]);
        let y = b.array("B", F, &[sym("N")]);
        let t = b.transient("t", F, &[sym("N")]);
        let copy = b.transient("copy", F, &[sym("N")]);
        let (i, n) = ([sym("i")], Range::upto(sym("N")));
        let each = |code, inputs, out| map(&[("i", n.clone())], vec![tasklet(code, inputs, out)]);
        let mut blocks = vec![each(Code::In(0), vec![at(t, &i)], at(copy, &i))];
        if used {
            blocks.push(each(Code::In(0), vec![at(copy, &i)], at(y, &i)));
        }
        b.done(blocks)
    };
    let nothing = RunError::Uninitialised {
        container: "copy".into(),
    };
    assert_eq!(fails(&program(true), vec![floats(&[0.0; 3])]), nothing);
    assert!(run_with(&program(false), vec![floats(&[0.0; 3])], &[], &strict()).is_ok());
}

#[test]
fn memory_is_limited_and_may_be_missing() {
    let mut b = Build::new(&["N", "M"]);
    let y = b.array("y", F, &[Expr::one()]);
    let t = b.transient("t", F, &[sym("N"), sym("M")]);
    let none = [Expr::zero(), Expr::zero()];
    let sdfg = b.done(vec![
        tasklet(float(1.0), vec![], at(t, &none)),
        tasklet(Code::In(0), vec![at(t, &none)], at(y, &[Expr::zero()])),
    ]);
    let run = |n: i64, m: i64, max_bytes| {
        let options = Options {
            max_bytes,
            ..strict()
        };
        let symbols = [(Sym::new("N"), n), (Sym::new("M"), m)];
        run_with(&sdfg, vec![floats(&[0.0])], &symbols, &options)
    };
    let refused = |elements| {
        Err(RunError::Memory {
            what: "`t`".into(),
            elements,
        })
    };
    assert!(run(10, 10, None).is_ok());
    let element = size_of::<Option<Const>>() as u64;
    assert!(
        run(10, 10, Some(102 * element)).is_ok(),
        "with the argument, which is copied at the end"
    );
    assert_eq!(run(10, 10, Some(100 * element)), refused(Some(100)));
    // More than any system gives, and more than a number holds; where one size is 0, too.
    assert_eq!(run(1 << 47, 1, None), refused(Some(1 << 47)));
    assert_eq!(run(1 << 47, 1 << 47, None), refused(None));
    assert!(matches!(run(0, 1 << 47, None), Err(RunError::Index { .. })));
}
