//! Programs with extreme sizes, slices, views, nesting and repetition.

use super::Text;
use super::mutate::shaped;
use crate::random::Random;
use std::fmt::Write as _;

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "7",
    "64",
    "-1",
    "-2",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967296",
    "4611686018427387904",
    "9223372036854775806",
    "9223372036854775807",
    "-9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "85070591730234615865843651857942052864",
    "170141183460469231731687303715884105727",
];

const NAMES: &[&str] = &["N", "M", "K", "n"];

/// A text: mostly expressions over sizes and views, otherwise something nested or repeated.
pub(super) fn program(random: &mut Random) -> Text {
    let text = if random.one_in(4) {
        nested(random)
    } else {
        symbolic(random)
    };
    shaped(text, random)
}

/// An integer expression over sizes.
fn size(random: &mut Random, depth: usize) -> String {
    if depth == 0 || random.one_in(4) {
        return if random.chance(60) {
            random.pick(NAMES).to_owned()
        } else {
            random.pick(NUMBERS).to_owned()
        };
    }
    let a = size(random, depth - 1);
    let b = size(random, depth - 1);
    match random.below(12) {
        0 | 1 => format!("({a} + {b})"),
        2 | 3 => format!("({a} - {b})"),
        4 | 5 => format!("({a} * {b})"),
        6 => format!("({a} // {b})"),
        7 => format!("({a} % {b})"),
        8 => format!("min({a}, {b})"),
        9 => format!("max({a}, {b})"),
        10 => format!("({a}) ** {}", random.pick(&["2", "3", "16", "40", "63"])),
        _ => format!("abs({a})"),
    }
}

/// A size that a program may well have.
fn small(random: &mut Random) -> String {
    match random.below(6) {
        0 => random.pick(&["1", "2", "4", "64"]).to_owned(),
        1 => size(random, 2),
        2 => format!("{} + {}", random.pick(NAMES), random.pick(NUMBERS)),
        3 => format!("{} * {}", random.pick(NAMES), random.pick(NUMBERS)),
        _ => random.pick(&["N", "M", "K"]).to_owned(),
    }
}

fn slice(random: &mut Random) -> String {
    let end = |random: &mut Random| match random.below(4) {
        0 | 1 => String::new(),
        2 => random
            .pick(&["1", "2", "-1", "-2", "N", "M - 1", "N // 2"])
            .to_owned(),
        _ => size(random, 2),
    };
    let (from, to) = (end(random), end(random));
    let step = match random.below(4) {
        0 => String::new(),
        1 => ":2".to_owned(),
        2 => ":-1".to_owned(),
        _ => format!(":{}", random.pick(NUMBERS)),
    };
    format!("{from}:{to}{step}")
}

fn slices(random: &mut Random, count: usize) -> String {
    let slices: Vec<String> = (0..count).map(|_| slice(random)).collect();
    slices.join(", ")
}

/// A view of a view, and its rank.
fn view(random: &mut Random, array: &str, mut rank: usize) -> (String, usize) {
    let mut e = array.to_owned();
    for _ in 0..random.below(7) {
        match random.below(14) {
            0 => e.push_str(".T"),
            1..=4 if rank > 0 => {
                let kept = 1 + random.below(rank);
                e = format!("{e}[{}]", slices(random, kept));
            }
            5 | 6 => {
                e.push_str(".reshape(-1)");
                rank = 1;
            }
            7 => {
                let (a, b) = (small(random), small(random));
                e = match random.below(3) {
                    0 => format!("{e}.reshape({a}, -1)"),
                    1 => format!("{e}.reshape(-1, {a})"),
                    _ => format!("{e}.reshape(({a}, {b}))"),
                };
                rank = 2;
            }
            8 if rank > 0 => {
                e = format!("{e}[{}]", size(random, 1));
                rank -= 1;
            }
            9 => {
                e.push_str("[None]");
                rank += 1;
            }
            10 => e = format!("np.flip({e})"),
            11 => {
                e.push_str(random.pick(&[".ravel()", ".flatten()"]));
                rank = 1;
            }
            12 if rank > 1 => e = format!("np.swapaxes({e}, 0, {})", rank - 1),
            13 => {
                e.push_str("[::2].T.reshape(-1)");
                rank = 1;
            }
            _ => {}
        }
    }
    (e, rank)
}

/// An expression of floats.
fn value(random: &mut Random, arrays: &[(String, usize)]) -> String {
    let pick = random.below(arrays.len());
    let (e, rank) = view(random, &arrays[pick].0, arrays[pick].1);
    let (a, b, c) = (size(random, 2), size(random, 2), size(random, 1));
    match random.below(16) {
        0 => format!("np.sum({e})"),
        1 => format!("np.diff({e}, n={c})"),
        2 => format!("np.concatenate(({e}, {e}))"),
        3 => format!("np.roll({e}, {c})"),
        4 => format!("np.repeat({e}, {c})"),
        5 => format!("np.tile({e}, {c})"),
        6 => format!("np.cumsum({e})"),
        7 => format!("np.arange({a}, {b}, {c})"),
        8 => format!("np.zeros(({a}, {c}))"),
        9 => format!("np.full({c}, {})", random.pick(NUMBERS)),
        10 => format!("np.eye({a}, {b}, k={c})"),
        11 => format!("{e} * {a}"),
        12 => format!("np.linspace(0, 1, {c})"),
        13 if rank == 1 => format!("np.outer({e}, {e})"),
        _ => e,
    }
}

fn symbolic(random: &mut Random) -> String {
    let count = 1 + random.below(3);
    let mut arrays = Vec::new();
    let mut params = Vec::new();
    for k in 0..count {
        let rank = 1 + random.below(3);
        let dims: Vec<String> = (0..rank).map(|_| small(random)).collect();
        let name = ["A", "B", "C"][k].to_owned();
        params.push(format!("{name}: float64[{}]", dims.join(", ")));
        arrays.push((name, rank));
    }
    let mut text = String::new();
    if random.one_in(8) {
        let tile = random.pick(NUMBERS);
        text = format!("#[transform(map_tiling(map = \"i\", tile_sizes = [{tile}]))]\n");
    }
    let _ = writeln!(text, "def f({}, n: int64):", params.join(", "));
    let mut depth = 1;
    for k in 0..=random.below(6) {
        let array = random.below(count);
        let (name, rank) = arrays[array].clone();
        let (a, b, c) = (size(random, 2), size(random, 2), size(random, 1));
        let lines = match random.below(10) {
            0 => {
                let e = size(random, 3);
                vec![
                    format!("x{k} = {e}"),
                    format!("{name}[x{k}] += x{k} * x{k}"),
                ]
            }
            1 => {
                let header = if random.one_in(2) {
                    format!("for i{k} in range({a}, {b}, {c}):")
                } else {
                    format!("for i{k} in dace.map[{a}:{b}:{c}]:")
                };
                let (at, factor) = (size(random, 2), size(random, 2));
                vec![header, format!("    {name}[i{k} + {at}] = i{k} * {factor}")]
            }
            2 => vec![
                format!("if {a} < {b}:"),
                format!("    {name}[{}] = 1.0", slice(random)),
            ],
            3 => vec![
                format!("n{k} = {a}"),
                format!("while n{k} < {b}:"),
                format!("    n{k} += {c}"),
            ],
            4 | 5 => {
                let op = random.pick(&["=", "+=", "*="]);
                let number = random.pick(NUMBERS);
                vec![format!("{name}[{}] {op} {number}", slices(random, rank))]
            }
            6 => {
                let (e, _) = view(random, &name, rank);
                vec![
                    format!("v{k} = {e}"),
                    format!("v{k}[0] = 5.0"),
                    format!("v{k} += 1"),
                ]
            }
            _ => vec![
                format!("y{k} = {}", value(random, &arrays)),
                format!("{name} += np.sum(y{k})"),
            ],
        };
        let margin = "    ".repeat(depth);
        for line in &lines {
            let _ = writeln!(text, "{margin}{line}");
        }
        // What follows stands in the loop or beside it.
        if lines[0].starts_with("for ") && depth < 4 && random.one_in(2) {
            depth += 1;
        }
    }
    let _ = writeln!(text, "    return {}", value(random, &arrays));
    text
}

/// Something in itself, or after itself, many times.
fn nested(random: &mut Random) -> String {
    let times = [2, 5, 20, 60, 150, 390, 2000][random.below(7)];
    let few = times.min(400);
    let around = |open: &str, core: &str, close: &str| {
        format!("{}{core}{}", open.repeat(times), close.repeat(times))
    };
    let expression = |e: String| format!("def f(A: float64[N], n: int64):\n    A[0] = {e}\n");
    let again = |first: &str, next: &str, times: usize| {
        let parts = (0..times).map(|k| next.replace('#', &(k % 7).to_string()));
        first.to_owned() + &parts.collect::<String>()
    };
    let function = |lines: &[String]| {
        let body: String = lines.iter().map(|l| format!("    {l}\n")).collect();
        format!("def f(A: float64[N], n: int64):\n{body}")
    };
    match random.below(44) {
        0 => expression(around("(", "A[1]", ")")),
        1 => expression(around("-", "A[1]", "")),
        2 => expression(around("max(A[2], ", "A[1]", ")")),
        3 => expression(around("min(n, ", "N", ")")),
        4 => expression(around("abs(", "A[1]", ")")),
        5 => expression(around("np.sqrt(", "A[1]", ")")),
        6 => expression(around("(A[1] if A[0] > 1 else ", "A[2]", ")")),
        7 => expression(around("(A[1] if A[0] > ", "A[2]", " else A[3])")),
        8 => expression(around("A[int(", "A[1]", ")]")),
        9 => expression(around("[", "A[1]", "]")),
        10 => expression(around("(", "A[1]", ",)")),
        11 => expression(around("(lambda x: ", "A[1]", ")(n)")),
        12 => expression(again("A[1]", " + A[#]", times)),
        13 => expression(again("A[1]", " * n", times)),
        14 => expression(again("n", " * N + #", times)),
        15 => expression(again("A[1]", " < A[#]", times)),
        16 => expression(again("A[1] > 0", " and A[#] > 1", times)),
        17 => expression(again("A[1] > 0", " or A[#] > 1 and n < #", times)),
        18 => expression(again("n", " // (N + #)", few)),
        19 => expression(again("n", " % (N + #)", few)),
        20 => expression(again("2", " ** 2", times)),
        21 => expression(format!("(N + n + 1) ** {times}")),
        22 => expression(again("(N + n)", " * (N + n + #)", few)),
        23 => expression(again("A", ".T", times)),
        24 => expression(again("A", "[#:]", few)),
        25 => expression(again("A", "[::-1]", times)),
        26 => expression(again("A[1]", " if A[0] > # else A[2]", times)),
        27 => expression(format!("np.max([{}])", again("A[0]", ", A[#]", few))),
        28 => expression(format!("max({})", again("A[0]", ", A[#]", times))),
        29 => expression(format!("min({})", again("n", ", N + #", few))),
        30 => expression(format!(
            "np.sum(np.concatenate(({})))",
            again("A", ", A[#:]", few)
        )),
        31 => function(&vec!["A[0] = A[1] + A[2]".to_owned(); few]),
        32 => function(&vec!["A[0] = A[0] * A[0] + 1".to_owned(); few]),
        33 => {
            let mut lines = vec!["x = N".to_owned()];
            lines.extend(vec!["x = x * x + 1".to_owned(); few]);
            lines.push("A[x] = x".to_owned());
            function(&lines)
        }
        kind @ (34 | 35) => {
            let header = |k: usize| match kind {
                34 => format!("{}if A[{k}] > 0:", " ".repeat(k)),
                _ => format!("{}for i{k} in range(N):", " ".repeat(k)),
            };
            let mut lines: Vec<String> = (0..few).map(header).collect();
            lines.push(format!("{}A[0] = 1", " ".repeat(few)));
            function(&lines)
        }
        36 => {
            let mut lines = vec!["if n == 0:".to_owned(), "    A[0] = 0".to_owned()];
            for k in 1..few {
                lines.push(format!("elif n == {k}:"));
                lines.push(format!("    A[0] = {k}"));
            }
            function(&lines)
        }
        37 => {
            let levels = times.min(60);
            let mut text = "def h0(x):\n    return x + 1\n".to_owned();
            for k in 1..levels {
                let below = k - 1;
                let _ = writeln!(text, "def h{k}(x):\n    return h{below}(x) + h{below}(x)");
            }
            text + &function(&[format!("A[0] = h{}(A[1])", levels - 1)])
        }
        38 => {
            let params: Vec<String> = (0..few)
                .map(|k| format!("a{k}: float64[S{k}, T{k}]"))
                .collect();
            format!("def f({}):\n    a0[0] = 1\n", params.join(", "))
        }
        39 => format!(
            "X = 3\n{}{}",
            "X = X * X\n".repeat(few),
            function(&["A[0] = X".to_owned()])
        ),
        40 => format!(
            "def f(A: float64[{}]):\n    A[0] = 1\n",
            vec!["N"; times.min(60)].join(", ")
        ),
        41 => expression(
            random
                .pick(&[
                    "[0 for i in range(10**9)]",
                    "np.array([1.0]) * (0,) * 10**9",
                    "(n,) * 10**9",
                    "np.zeros((10**18, 10**18))[0, 0]",
                    "10**5000",
                    "2**2**40",
                    "1e400",
                ])
                .to_owned(),
        ),
        42 => format!(
            "def f(A: float64[N], B: float64[N]):\n    B[:] = {}\n",
            again("A", " + A", times)
        ),
        _ => format!(
            "def f(A: float64[N], B: float64[N]):\n    B[:] = {}\n",
            around("np.maximum(A, ", "B", ")")
        ),
    }
}
