//! Which loops become maps, which updates become reductions, and that programs compute the same afterwards.

use dace_core::interpret::{Options as RunOptions, Outcome, Tensor, run_with};
use dace_core::passes::{continue_to_branch, data_race, loop_to_map, privatise, reduction};
use dace_core::pipeline::Options;
use dace_core::sdfg::text::{print, read};
use dace_core::sdfg::{Block, Const, DType, LoopKind, Node, ParamKind, Region, Sdfg};
use dace_core::symbolic::Sym;
use std::fmt::Write as _;

fn parse(text: &str) -> Sdfg {
    read(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Names of the variables of loops and parameters of maps, outermost first, in program order: `for i`, `map j`.
fn structure(region: &Region, into: &mut Vec<String>) {
    for block in &region.blocks {
        match block {
            Block::State(state) => {
                for node in state.order() {
                    if let Node::Map(map) = &state.graph[node] {
                        let params: Vec<_> = map.params.iter().map(Sym::as_str).collect();
                        into.push(format!("map {}", params.join(",")));
                        structure(&map.body, into);
                    }
                }
            }
            Block::Loop(l) => {
                into.push(match &l.kind {
                    LoopKind::For { var, .. } => format!("for {var}"),
                    LoopKind::While { .. } => "while".to_owned(),
                });
                structure(&l.body, into);
            }
            Block::Branch(b) => {
                structure(&b.then, into);
                structure(&b.otherwise, into);
            }
            _ => {}
        }
    }
}

/// A small deterministic generator, so that failures repeat.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
    fn value(&mut self, dtype: DType) -> Const {
        let small = self.below(9) as i64 - 4;
        match dtype {
            DType::Bool => Const::Bool(small > 0),
            // Sums of small integers are exact in any order.
            d => Const::from_i64(small, d),
        }
    }
}

fn arguments(sdfg: &Sdfg, size: i64, draw: &mut Draw) -> Vec<Tensor> {
    sdfg.params
        .iter()
        .map(|param| match &param.kind {
            ParamKind::Data(id) => {
                let desc = sdfg.desc(*id);
                let shape: Vec<usize> = desc
                    .shape
                    .iter()
                    .map(|n| n.eval(&|_| Some(size)).expect("a size") as usize)
                    .collect();
                let count = shape.iter().product();
                let data = (0..count).map(|_| draw.value(desc.dtype)).collect();
                Tensor {
                    dtype: desc.dtype,
                    shape,
                    data,
                }
            }
            ParamKind::Symbol(_, dtype) => Tensor::scalar(Const::from_i64(size / 2, *dtype)),
        })
        .collect()
}

/// Runs the passes and compares results before and after, in several orders of the maps' iterations.
#[track_caller]
fn check(text: &str, expected: &[&str]) -> Sdfg {
    let before = parse(text);
    let mut after = before.clone();
    reduction::run(&mut after, &Options::default());
    loop_to_map::run(&mut after, &Options::default());
    let mut found = Vec::new();
    structure(&after.body, &mut found);
    assert_eq!(found, expected, "\n{}", print(&after));
    same(&before, &after);
    after
}

/// Equal, floats up to the order of sums.
fn near(a: &Outcome, b: &Outcome) -> bool {
    let all = |o: &Outcome| -> Vec<Const> {
        let tensors = o.args.iter().chain(&o.returns);
        tensors.flat_map(|t| t.data.clone()).collect()
    };
    let close = |(a, b): (Const, Const)| match (a, b) {
        (Const::Float(x, _), Const::Float(y, _)) => {
            x == y || (x - y).abs() <= 1e-9 * x.abs().max(y.abs()) || (x.is_nan() && y.is_nan())
        }
        (a, b) => a == b,
    };
    let (a, b) = (all(a), all(b));
    a.len() == b.len() && a.into_iter().zip(b).all(close)
}

#[track_caller]
fn same(before: &Sdfg, after: &Sdfg) {
    let mut draw = Draw(7);
    for size in [1, 2, 5, 6] {
        let args = arguments(before, size, &mut draw);
        let reference = run_with(
            before,
            args.clone(),
            &[],
            &RunOptions {
                seed: None,
                ..RunOptions::default()
            },
        );
        for seed in [1, 2, 3] {
            let options = RunOptions {
                seed: Some(seed),
                detect_races: true,
                ..RunOptions::default()
            };
            let outcome = run_with(after, args.clone(), &[], &options);
            match (&reference, &outcome) {
                (Ok(a), Ok(b)) => assert!(near(a, b), "size {size}\n{}", print(after)),
                (Err(_), Err(_)) => {}
                (a, b) => panic!("size {size}: {a:?} became {b:?}\n{}", print(after)),
            }
        }
    }
}

/// Two float vectors, a loop over `i` with the given range and one statement for each line.
fn loop_over(range: &str, lines: &[&str]) -> String {
    let mut text = String::from(
        "sdfg f(a, b, c):\n    symbols N\n    data a: float64[2*N]\n    data b: float64[2*N]\n    data c: float64[2*N]\n",
    );
    let _ = writeln!(text, "    for i in range({range}):");
    for line in lines {
        let _ = writeln!(text, "        state:\n            {line}");
    }
    text
}

#[test]
fn vectorisable_loops() {
    for (range, lines) in [
        // TSVC s000, s111, s1111-like, and reversed or offset ones.
        ("0, N", &["a[i] = b[i] + 1.0"][..]),
        ("1, N, 2", &["a[i] = a[i - 1] + b[i]"]),
        ("0, N", &["a[2*i] = a[2*i + 1] + b[i]"]),
        ("0, N", &["a[i] = a[i + N] + b[i]"]),
        ("N - 1, -1, -1", &["a[i] = b[i] + 1.0"]),
        ("2*N - 1, 0, -3", &["a[i] = a[i - 1] + b[i]"]),
        ("0, N", &["a[2*N - 1 - i] = b[i]", "c[i] = a[2*N - 1 - i]"]),
        ("0, N", &["a[i] = a[i] + b[i]", "c[i] = a[i]*2.0"]),
    ] {
        check(&loop_over(range, lines), &["map i"]);
    }
}

#[test]
fn loops_with_carried_dependences() {
    for (range, lines) in [
        // s112, s211-like, s221, s2244, s281, s116-like.
        ("N - 2, -1, -1", &["a[i + 1] = a[i] + b[i]"][..]),
        ("1, N", &["a[i] = a[i - 1] + b[i]"]),
        ("0, N - 1", &["a[i] = a[i + 1] + b[i]"]),
        ("0, N - 1", &["a[i + 1] = b[i] + c[i]", "a[i] = b[i]*2.0"]),
        ("0, N", &["a[i] = a[N - i - 1] + b[i]"]),
        ("1, N", &["a[i] = b[i]", "c[i] = a[i - 1]"]),
        ("0, N", &["a[0] = b[i]"]),
        ("0, N", &["a[i//2] = b[i]"]),
        ("0, N", &["a[i % 3] = b[i]"]),
        ("0, N", &["a[i] = a[i % 2] + 1.0"]),
        ("0, N", &["a[2*i] = b[i]", "c[i] = a[i]"]),
    ] {
        check(&loop_over(range, lines), &["for i"]);
    }
}

#[test]
fn floor_and_modulo_subscripts() {
    // Even and odd halves.
    check(
        &loop_over("0, N", &["a[2*(i//2) + i % 2] = b[i]"]),
        &["map i"],
    );
    check(&loop_over("0, 3", &["a[i % 3] = b[i % N]"]), &["map i"]);
}

fn matrix(body: &str) -> String {
    let mut text = String::from(
        "sdfg f(A, B, x, s, n: int64):\n    symbols N\n    data A: float64[2*N, 2*N]\n    data B: float64[2*N, 2*N]\n    data x: float64[4*N*N]\n    data s: float64[N]\n    transient t: float64\n    transient w: float64[2*N]\n",
    );
    text += body;
    text
}

#[test]
fn nests() {
    // Coupled subscripts.
    check(
        &matrix(
            "    for i in range(0, N):\n        for j in range(0, N):\n            state:\n                x[i + j] = A[i, j]\n",
        ),
        &["for i", "map j"],
    );
    // Triangular: a transposition in place.
    check(
        &matrix(
            "    for i in range(0, N):\n        for j in range(0, i + 1):\n            state:\n                A[i, j] = A[j, i]\n",
        ),
        &["map i", "map j"],
    );
    // Flat subscripts.
    check(
        &matrix(
            "    for i in range(0, N):\n        for j in range(0, N):\n            state:\n                x[i*N + j] = A[i, j]\n",
        ),
        &["map i", "map j"],
    );
    check(
        &matrix(
            "    for i in range(0, N):\n        for j in range(0, N + 1):\n            state:\n                x[i*N + j] = A[i, j]\n",
        ),
        &["for i", "map j"],
    );
    // Seidel.
    check(
        &matrix(
            "    for i in range(1, N):\n        for j in range(1, N):\n            state:\n                A[i, j] = A[i - 1, j] + A[i, j - 1]\n",
        ),
        &["for i", "for j"],
    );
    // A row at a time.
    check(
        &matrix(
            "    for i in range(1, N):\n        for j in range(0, N):\n            state:\n                A[i, j] = A[i - 1, j]*2.0\n",
        ),
        &["for i", "map j"],
    );
    // Floyd–Warshall, without knowing that the diagonal is zero.
    check(
        &matrix(
            "    for k in range(0, N):\n        for i in range(0, N):\n            for j in range(0, N):\n                state:\n                    A[i, j] = minimum(A[i, j], A[i, k] + A[k, j])\n",
        ),
        &["for k", "for i", "for j"],
    );
    // A branch on the loop variables makes the difference.
    check(
        &matrix(
            "    for i in range(0, N):\n        if {i} != n:\n            state:\n                A[i, 0] = A[n, 0]\n        else:\n            pass\n",
        ),
        &["map i"],
    );
}

#[test]
fn private_transients() {
    // A scalar.
    check(
        &matrix(
            "    for i in range(0, N):\n        state:\n            t = A[i, 0]*2.0\n        state:\n            s[i] = t + 1.0\n",
        ),
        &["map i"],
    );
    // Read before it is written.
    check(
        &matrix(
            "    state:\n        t = 0.0\n    for i in range(0, N):\n        state:\n            s[i] = t + 1.0\n        state:\n            t = A[i, 0]*2.0\n",
        ),
        &["for i"],
    );
    // Written on one path only.
    check(
        &matrix(
            "    state:\n        t = 0.0\n    for i in range(0, N):\n        if A[i, 0] > 0.0:\n            state:\n                t = A[i, 0]*2.0\n        state:\n            s[i] = t + 1.0\n",
        ),
        &["for i"],
    );
    // On both.
    check(
        &matrix(
            "    for i in range(0, N):\n        if A[i, 0] > 0.0:\n            state:\n                t = A[i, 0]*2.0\n        else:\n            state:\n                t = 1.0\n        state:\n            s[i] = t + 1.0\n",
        ),
        &["map i"],
    );
    // Used after the loop.
    check(
        &matrix(
            "    for i in range(0, N):\n        state:\n            t = A[i, 0]*2.0\n        state:\n            s[i] = t + 1.0\n    state:\n        x[0] = t\n",
        ),
        &["for i"],
    );
    // The same name written again before it is used elsewhere.
    check(
        &matrix(
            "    for i in range(0, N):\n        state:\n            t = A[i, 0]*2.0\n        state:\n            s[i] = t + 1.0\n    for j in range(0, N):\n        state:\n            t = A[0, j]*2.0\n        state:\n            x[j] = t + 1.0\n",
        ),
        &["map i", "map j"],
    );
    // An array, filled and read.
    let filled = "    for i in range(0, N):\n        for j in range(0, 2*N):\n            state:\n                w[j] = A[i, j]*2.0\n        for k in range(0, N):\n            state:\n                B[i, k] = w[2*k + 1]\n";
    check(&matrix(filled), &["map i", "map j", "map k"]);
    // Only half of it is filled.
    let half = filled.replace("j in range(0, 2*N)", "j in range(0, N)");
    let zero = "    for l in range(0, 2*N):\n        state:\n            w[l] = 0.0\n";
    check(
        &matrix(&(zero.to_owned() + &half)),
        &["map l", "for i", "map j", "map k"],
    );
    // In two parts.
    let parts = "    for i in range(0, N):\n        state:\n            w[0] = 1.0\n        for j in range(1, 2*N):\n            state:\n                w[j] = A[i, j]*w[j - 1]\n        for k in range(0, 2*N):\n            state:\n                B[i, k] = w[k]\n";
    check(&matrix(parts), &["map i", "for j", "map k"]);
}

#[test]
fn loop_variables_in_use() {
    let text = matrix("    for i in range(0, N):\n        state:\n            s[i] = 1.0\n");
    check(&text, &["map i"]);
    // Leaves early.
    check(
        &matrix(
            "    for i in range(0, N):\n        if A[i, 0] > 0.0:\n            break\n        state:\n            s[i] = 1.0\n",
        ),
        &["for i"],
    );
}

#[test]
fn reductions() {
    let sum = "    state:\n        t = 0.0\n    for i in range(0, N):\n        state:\n            t = t + A[i, 0]*A[i, 1]\n    state:\n        s[0] = t\n";
    let after = check(&matrix(sum), &["map i"]);
    assert!(print(&after).contains("t += "), "{}", print(&after));
    for update in [
        "t = t - A[i, 0]",
        "t = A[i, 0] + t",
        "t = t + A[i, 0] - A[i, 1]",
        "t = A[i, 1] + (A[i, 0] + t)",
        "t = t*A[i, 0]",
        "t = maximum(t, A[i, 0])",
        "t = minimum(A[i, 0], t)",
        "t = t + A[i, 0] if A[i, 1] > 0.0 else t",
        "t = t if A[i, 1] > 0.0 else t + A[i, 0]",
        "t = t + 1.0 if A[i, 1] > 0.0 else t + A[i, 0]",
    ] {
        check(
            &matrix(&sum.replace("t = t + A[i, 0]*A[i, 1]", update)),
            &["map i"],
        );
    }
    for update in [
        "t = A[i, 0] - t",
        "t = t/(1.0 + A[i, 0]*A[i, 0])",
        "t = t + t*A[i, 0]",
        "t = t*A[i, 0] + A[i, 1]",
        "t = t + A[i, 0] if t > 0.0 else t",
        "t = t + 1.0 if A[i, 0] > 0.0 else t*2.0",
        // Python's max, of floats.
        "t = A[i, 0] if A[i, 0] > t else t",
    ] {
        check(
            &matrix(&sum.replace("t = t + A[i, 0]*A[i, 1]", update)),
            &["for i"],
        );
    }
    // Guarded by a branch; two accumulators.
    check(
        &matrix(
            "    state:\n        t = 0.0\n    for i in range(0, N):\n        if A[i, 0] > 0.0:\n            state:\n                t = t + A[i, 0]\n        state:\n            s[0] = maximum(s[0], A[i, 1])\n    state:\n        s[0] = s[0] + t\n",
        ),
        &["map i"],
    );
    // Looked at in between: a prefix sum.
    check(
        &matrix(
            "    state:\n        t = 0.0\n    for i in range(0, N):\n        state:\n            t = t + A[i, 0]\n        state:\n            s[i] = t\n",
        ),
        &["for i"],
    );
    // Two operators.
    check(
        &matrix(
            "    state:\n        t = 0.0\n    for i in range(0, N):\n        state:\n            t = t + A[i, 0]\n        state:\n            t = t*2.0\n    state:\n        s[0] = t\n",
        ),
        &["for i"],
    );
}

#[test]
fn strict_floating_point_keeps_sums() {
    let text = matrix(
        "    for i in range(0, N):\n        state:\n            s[0] = s[0] + A[i, 0]\n    for j in range(0, N):\n        state:\n            s[0] = maximum(s[0], A[j, 0])\n",
    );
    let mut sdfg = parse(&text);
    let options = Options {
        strict_fp: true,
        ..Options::default()
    };
    reduction::run(&mut sdfg, &options);
    loop_to_map::run(&mut sdfg, &options);
    let mut found = Vec::new();
    structure(&sdfg.body, &mut found);
    assert_eq!(found, ["for i", "map j"]);
}

#[test]
fn integer_selections_are_extrema() {
    let text = |update: &str| {
        format!(
            "sdfg f(a, m):\n    symbols N\n    data a: int64[N]\n    data m: int64[1]\n    for i in range(0, N):\n        state:\n            m[0] = {update}\n"
        )
    };
    for update in [
        "a[i] if a[i] > m[0] else m[0]",
        "m[0] if a[i] > m[0] else a[i]",
        "m[0] if m[0] <= a[i] else a[i]",
        "m[0] + a[i]",
        "m[0]*a[i]",
        "m[0] & a[i]",
        "m[0] ^ a[i]",
    ] {
        check(&text(update), &["map i"]);
    }
    check(&text("a[i] if a[i] > m[0] else a[i] + 1i64"), &["for i"]);
}

#[test]
fn reductions_in_nests() {
    // Matrix product: the inner loop reduces, the outer ones are independent.
    check(
        &matrix(
            "    for i in range(0, N):\n        for j in range(0, N):\n            state:\n                B[i, j] = 0.0\n            for k in range(0, N):\n                state:\n                    B[i, j] = B[i, j] + A[i, k]*A[k, j]\n",
        ),
        &["map i", "map j", "map k"],
    );
    // With the reduction outside it stays a loop around a map.
    check(
        &matrix(
            "    for k in range(0, N):\n        for j in range(0, N):\n            state:\n                s[j] = s[j] + A[k, j]\n",
        ),
        &["for k", "map j"],
    );
    // Nussinov's inner loop: what is read lies strictly left and below of what is updated.
    check(
        &matrix(
            "    for i in range(N - 1, -1, -1):\n        for j in range(i + 1, N):\n            for k in range(i + 1, j):\n                state:\n                    A[i, j] = maximum(A[i, j], A[i, k] + A[k + 1, j])\n",
        ),
        &["for i", "for j", "map k"],
    );
    // A triangular solve: the inner product may run at once, the outer loop may not.
    check(
        &matrix(
            "    for i in range(0, N):\n        state:\n            s[i] = A[i, 0]\n        for j in range(0, i):\n            state:\n                s[i] = s[i] - B[i, j]*s[j]\n        state:\n            s[i] = s[i]/(1.0 + B[i, i]*B[i, i])\n",
        ),
        &["for i", "map j"],
    );
    // An accumulator for each row.
    check(
        &matrix(
            "    for i in range(0, N):\n        state:\n            t = 0.0\n        for k in range(0, N):\n            state:\n                t = t + A[i, k]\n        state:\n            s[i] = t\n",
        ),
        &["map i", "map k"],
    );
}

#[test]
fn indices_from_data() {
    let text = |body: &str| {
        format!(
            "sdfg f(ind, a, b):\n    symbols N\n    data ind: int64[N]\n    data a: float64[9*N]\n    data b: float64[N]\n{body}"
        )
    };
    // A gather is independent, a scatter is not.
    check(
        &text(
            "    for i in range(0, N):\n        assign k = in0 where in0 = ind[i] with 0 <= k <= N - 1\n        state:\n            b[i] = a[k]\n",
        ),
        &["map i"],
    );
    check(
        &text(
            "    for i in range(0, N):\n        assign k = in0 where in0 = ind[i] with 0 <= k <= N - 1\n        state:\n            a[k] = b[i]\n",
        ),
        &["for i"],
    );
    // Rows of a sparse matrix: bounds that the assignment promises.
    check(
        &text(
            "    for i in range(0, N):\n        assign k = in0 where in0 = ind[i] with 0 <= k <= 8\n        state:\n            a[9*i + k] = b[i]\n",
        ),
        &["map i"],
    );
}

#[test]
fn conditional_continue() {
    for (name, body) in [
        (
            "then",
            "        if A[i, 0] > 0.0:\n            state:\n                s[i] = 3.0\n            continue\n        state:\n            s[i] = A[i, 1]\n",
        ),
        (
            "otherwise",
            "        if A[i, 0] > 0.0:\n            pass\n        else:\n            continue\n        state:\n            s[i] = A[i, 1]\n",
        ),
        (
            "both",
            "        if A[i, 0] > 0.0:\n            continue\n        else:\n            if A[i, 1] > 0.0:\n                continue\n            state:\n                s[i] = 2.0\n        state:\n            x[i] = s[i]\n        continue\n",
        ),
    ] {
        let before = parse(&matrix(&format!("    for i in range(0, N):\n{body}")));
        let mut after = before.clone();
        assert!(
            continue_to_branch::run(&mut after, &Options::default()) > 0,
            "{name}"
        );
        loop_to_map::run(&mut after, &Options::default());
        let mut found = Vec::new();
        structure(&after.body, &mut found);
        assert_eq!(found, ["map i"], "{name}\n{}", print(&after));
        same(&before, &after);
    }
}

fn races(text: &str) -> Vec<String> {
    let mut sdfg = parse(text);
    reduction::run_explicit(&mut sdfg, &Options::default());
    privatise::run(&mut sdfg, &Options::default());
    data_race::check_explicit_maps(&sdfg)
        .into_iter()
        .map(|d| d.message)
        .collect()
}

#[test]
fn explicit_maps() {
    let text = |lines: &[&str]| {
        let mut body = "    state:\n        explicit map i in 0:N - 1:\n".to_owned();
        for line in lines {
            let _ = writeln!(body, "            state:\n                {line}");
        }
        matrix(&body)
    };
    assert_eq!(races(&text(&["s[i] = A[i, 0]"])), [""; 0]);
    assert_eq!(
        races(&text(&["s[i + 1] = A[i, 0]", "s[i] = A[i, 1]"])),
        [
            "iterations of this `dace.map` conflict: `s[i + 1]` written in iteration `i` is `s[i]` written in iteration `i + 1`"
        ]
    );
    assert_eq!(
        races(&text(&["s[i] = s[i + 1]*2.0"])),
        [
            "iterations of this `dace.map` conflict: `s[i + 1]` read in iteration `i` is `s[i]` written in iteration `i + 1`"
        ]
    );
    assert_eq!(
        races(&text(&["s[0] = A[i, 0]"])),
        [
            "iterations of this `dace.map` conflict: `s[0]` written in iteration `i` is written in iteration `i + 1`"
        ]
    );
    assert_eq!(
        races(&text(&["s[n] = A[i, n]", "A[i, 1] = s[i]"])),
        [
            "iterations of this `dace.map` conflict: `s[n]` written in iteration `i` is written in iteration `i + 1`"
        ]
    );
    // By index from data: the reason is not sure. Symbols are shown without the numbers that make them unique.
    let scatter = "    state:\n        explicit map i_1 in 0:N:\n            assign at_2 = int64(A[i_1, 0]) with 0 <= at_2 <= N - 1\n            for j_3 in range(0, N):\n                state:\n                    B[at_2, j_3] = A[i_1, j_3]\n";
    assert_eq!(
        races(&matrix(scatter)),
        [
            "iterations of this `dace.map` are not provably independent: `B[at, j]` written in iteration `i` may be written in iteration `i + 1`"
        ]
    );
    // Updates combine.
    assert_eq!(races(&text(&["s[0] = s[0] + A[i, 0]"])), [""; 0]);
    assert_eq!(
        races(&text(&["t = A[i, 0]*2.0", "s[i] = t + 1.0"])),
        [""; 0]
    );
    // A container that is used elsewhere too.
    let after = text(&["t = A[i, 0]*2.0", "s[i] = t + 1.0"])
        + "    state:\n        t = 1.0\n    state:\n        x[0] = t\n";
    assert_eq!(races(&after), [""; 0]);
    let before = parse(&after);
    let mut own = before.clone();
    assert_eq!(privatise::run(&mut own, &Options::default()), 1);
    let carried = text(&["s[i] = t + 1.0", "t = A[i, 0]*2.0"]) + "    state:\n        x[0] = t\n";
    assert_eq!(races(&carried).len(), 1);
}

#[test]
fn explicit_maps_of_two_parameters() {
    let text = |line: &str| {
        matrix(&format!(
            "    state:\n        explicit map i in 0:N, j in 0:N:\n            state:\n                {line}\n"
        ))
    };
    assert_eq!(races(&text("A[i, j] = B[j, i]")), [""; 0]);
    assert_eq!(races(&text("A[j, N - i] = B[j, i]")), [""; 0]);
    assert_eq!(
        races(&text("A[i, j] = A[j, i]")),
        [
            "iterations of this `dace.map` conflict: `A[j, i]` read in iteration `i, j` is `A[i, j]` written in another iteration"
        ]
    );
    assert_eq!(
        races(&text("s[i] = B[j, i]")),
        [
            "iterations of this `dace.map` conflict: `s[i]` written in iteration `i, j` is written in iteration `i, j + 1`"
        ]
    );
    assert_eq!(races(&text("x[i*N + j] = B[j, i]")), [""; 0]);
    assert_eq!(races(&text("x[2*i + j] = B[j, i]")).len(), 1);
}
