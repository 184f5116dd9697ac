//! Random loop nests compute the same after reductions and maps have been made of them, in any order of the maps'
//! iterations, and no two iterations of a map race.

use dace_core::interpret::{Options as RunOptions, Outcome, Tensor, run_with};
use dace_core::passes::{loop_to_map, reduction};
use dace_core::pipeline::Options;
use dace_core::sdfg::text::{print, read};
use dace_core::sdfg::{Const, ParamKind, Sdfg};
use proptest::prelude::*;
use std::fmt::Write as _;

const VARS: [&str; 3] = ["i", "j", "k"];

/// A subscript: coefficients of the variables, of N, a constant, and a divisor and whether its remainder is taken.
#[derive(Clone, Debug)]
struct Index {
    vars: [i64; 3],
    size: i64,
    constant: i64,
    divisor: Option<(i64, bool)>,
}

#[derive(Clone, Debug)]
enum Place {
    /// Of rank one and two, so large that most subscripts are inside.
    A(Index),
    B(Index, Index),
    /// A transient of rank one, set before the nest.
    W(Index),
    /// Scalar transients; the second has no value before it is written.
    S,
    T,
}

#[derive(Clone, Debug)]
enum Node {
    Assign(Place, Vec<Place>),
    /// `place = place op other`
    Update(Place, &'static str, Place),
    Loop(usize, Vec<Node>),
    /// On two subscripts, or on data.
    If(Option<(Index, Index)>, Vec<Node>, Vec<Node>),
}

fn index() -> BoxedStrategy<Index> {
    let coefficient = || prop_oneof![4 => Just(0i64), 4 => Just(1), 1 => Just(-1), 1 => Just(2)];
    (
        [coefficient(), coefficient(), coefficient()],
        prop_oneof![5 => Just(0i64), 1 => Just(1)],
        0i64..3,
        prop_oneof![8 => Just(None), 1 => (2i64..4, any::<bool>()).prop_map(Some)],
    )
        .prop_map(|(vars, size, constant, divisor)| Index {
            vars,
            size,
            constant,
            divisor,
        })
        .boxed()
}

fn place() -> BoxedStrategy<Place> {
    prop_oneof![
        4 => index().prop_map(Place::A),
        4 => (index(), index()).prop_map(|(a, b)| Place::B(a, b)),
        2 => index().prop_map(Place::W),
        1 => Just(Place::S),
        2 => Just(Place::T),
    ]
    .boxed()
}

fn nodes() -> BoxedStrategy<Vec<Node>> {
    let leaf = prop_oneof![
        3 => (place(), proptest::collection::vec(place(), 0..3)).prop_map(|(p, r)| Node::Assign(p, r)),
        1 => (place(), prop_oneof![Just("+"), Just("*"), Just("max"), Just("-")], place())
            .prop_map(|(p, op, r)| Node::Update(p, op, r)),
    ];
    let node = leaf.boxed().prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            3 => (0usize..7, proptest::collection::vec(inner.clone(), 1..3)).prop_map(|(r, n)| Node::Loop(r, n)),
            1 => (
                proptest::option::of((index(), index())),
                proptest::collection::vec(inner.clone(), 1..3),
                proptest::collection::vec(inner, 0..2)
            ).prop_map(|(c, a, b)| Node::If(c, a, b)),
        ]
        .boxed()
    });
    (0usize..5, proptest::collection::vec(node, 1..4))
        .prop_map(|(r, n)| vec![Node::Loop(r, n)])
        .boxed()
}

fn subscript(index: &Index, depth: usize) -> String {
    let mut text = format!("{}*N + {}", index.size, index.constant);
    for (k, c) in index.vars.iter().enumerate().take(depth) {
        let _ = write!(text, " + {c}*{}", VARS[k]);
        if *c < 0 {
            // Stays inside.
            text += " + N";
        }
    }
    match index.divisor {
        Some((d, true)) => format!("({text}) % {d}"),
        Some((d, false)) => format!("({text}) // {d}"),
        None => text,
    }
}

fn memlet(place: &Place, depth: usize) -> String {
    match place {
        Place::A(e) => format!("A[{}]", subscript(e, depth)),
        Place::B(e, f) => format!("B[{}, {}]", subscript(e, depth), subscript(f, depth)),
        Place::W(e) => format!("w[{}]", subscript(e, depth)),
        Place::S => "s".to_owned(),
        Place::T => "t".to_owned(),
    }
}

fn emit(nodes: &[Node], depth: usize, indent: usize, text: &mut String) {
    let pad = "    ".repeat(indent);
    if nodes.is_empty() {
        let _ = writeln!(text, "{pad}pass");
    }
    for node in nodes {
        match node {
            Node::Assign(to, from) => {
                let sum: Vec<String> = from.iter().map(|p| memlet(p, depth)).collect();
                let sum = if sum.is_empty() {
                    "2.0".to_owned()
                } else {
                    sum.join(" - ")
                };
                let _ = writeln!(text, "{pad}state:\n{pad}    {} = {sum}", memlet(to, depth));
            }
            Node::Update(to, op, from) => {
                let (to, from) = (memlet(to, depth), memlet(from, depth));
                let value = match *op {
                    "max" => format!("maximum({from}, {to})"),
                    op => format!("{to} {op} {from}"),
                };
                let _ = writeln!(text, "{pad}state:\n{pad}    {to} = {value}");
            }
            Node::Loop(range, body) => {
                if depth == VARS.len() {
                    emit(body, depth, indent, text);
                    continue;
                }
                let outer = if depth == 0 { "1" } else { VARS[depth - 1] };
                let range = match range {
                    0 | 1 => "0, N".to_owned(),
                    2 => "1, N".to_owned(),
                    3 => "N - 1, -1, -1".to_owned(),
                    4 => "0, N, 2".to_owned(),
                    5 => format!("0, {outer}"),
                    _ => format!("{outer}, N"),
                };
                let _ = writeln!(text, "{pad}for {} in range({range}):", VARS[depth]);
                emit(body, depth + 1, indent + 1, text);
            }
            Node::If(condition, then, otherwise) => {
                let condition = match condition {
                    Some((a, b)) => {
                        format!("{{{}}} < {{{}}}", subscript(a, depth), subscript(b, depth))
                    }
                    None => "A[0] > 0.0".to_owned(),
                };
                let _ = writeln!(text, "{pad}if {condition}:");
                emit(then, depth, indent + 1, text);
                let _ = writeln!(text, "{pad}else:");
                emit(otherwise, depth, indent + 1, text);
            }
        }
    }
}

fn program(nodes: &[Node], uses: usize) -> String {
    let mut text = String::from(
        "sdfg f(A, B):\n    symbols N\n    data A: float64[8*N + 8]\n    data B: float64[5*N + 4, 5*N + 4]\n    transient w: float64[6*N + 6]\n    transient s: float64\n    transient t: float64\n    state:\n        map l in 0:6*N + 6:\n            w[l] = 3.0\n    state:\n        s = 1.0\n    state:\n        t = 1.0\n",
    );
    emit(nodes, 0, 1, &mut text);
    for (k, line) in ["A[1] = s", "A[2] = t", "A[3] = w[0]"].iter().enumerate() {
        if uses & (1 << k) != 0 {
            let _ = writeln!(text, "    state:\n        {line}");
        }
    }
    text
}

fn arguments(sdfg: &Sdfg, size: i64) -> Vec<Tensor> {
    let mut state = 12345u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % 9) as f64 - 4.0
    };
    sdfg.params
        .iter()
        .map(|param| {
            let ParamKind::Data(id) = param.kind else {
                panic!("an array")
            };
            let shape: Vec<usize> = sdfg
                .desc(id)
                .shape
                .iter()
                .map(|n| n.eval(&|_| Some(size)).expect("a size") as usize)
                .collect();
            let count = shape.iter().product();
            let values: Vec<f64> = (0..count).map(|_| next()).collect();
            Tensor::floats(shape, &values)
        })
        .collect()
}

/// Floats up to the order of sums; where those overflow, anything goes.
fn near(a: &Outcome, b: &Outcome) -> bool {
    let all = |o: &Outcome| -> Vec<f64> {
        o.args
            .iter()
            .flat_map(|t| {
                t.data.iter().map(|c| {
                    if let Const::Float(v, _) = c {
                        *v
                    } else {
                        f64::NAN
                    }
                })
            })
            .collect()
    };
    let close = |(x, y): (f64, f64)| {
        x == y
            || !x.is_finite()
            || !y.is_finite()
            || x.abs() > 1e30
            || (x - y).abs() <= 1e-6 * (1.0 + x.abs().max(y.abs()))
    };
    all(a).into_iter().zip(all(b)).all(close)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, max_shrink_iters: 4000, ..ProptestConfig::default() })]
    #[test]
    fn same_results(nodes in nodes(), uses in 0usize..8) {
        let text = program(&nodes, uses);
        let before = read(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let mut after = before.clone();
        reduction::run(&mut after, &Options::default());
        loop_to_map::run(&mut after, &Options::default());
        for size in [1, 3, 4] {
            let args = arguments(&before, size);
            let plain = RunOptions { seed: None, ..RunOptions::default() };
            let Ok(expected) = run_with(&before, args.clone(), &[], &plain) else { continue };
            for seed in [1, 2] {
                let options = RunOptions { seed: Some(seed), detect_races: true, ..RunOptions::default() };
                let found = run_with(&after, args.clone(), &[], &options);
                match found {
                    Ok(found) => prop_assert!(near(&expected, &found), "size {}\n{}\nbecame\n{}", size, text, print(&after)),
                    Err(e) => prop_assert!(false, "size {size}: {e:?}\n{text}\nbecame\n{}", print(&after)),
                }
            }
        }
    }
}
