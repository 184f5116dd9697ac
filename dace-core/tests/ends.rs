//! The compiler ends, soon, on any text: with a program, or with what is wrong.

#![allow(clippy::format_push_string, reason = "texts are built once")]

use dace_core::diag::ErrorCode;
use dace_core::syntax::Form;
use dace_core::{Program, compile};
use std::sync::mpsc::channel;
use std::time::Duration;

/// What Rust gives a thread.
const STACK: usize = 2 << 20;

/// What is measured is whether it ends: without a limit on growth these texts take hours. Other tests run beside, without optimisation.
const PATIENCE: Duration = Duration::from_mins(1);

/// Compiles on a thread with a small stack: the program's blocks as text, or the codes and messages of what is wrong.
fn outcome(text: &str) -> Result<String, Vec<(ErrorCode, String)>> {
    let (send, done) = channel();
    let owned = text.to_owned();
    std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            let found = compile(&owned, Form::Block).map(|programs: Vec<Program>| {
                let printed = programs
                    .iter()
                    .map(|p| dace_core::sdfg::text::print(&p.sdfg));
                printed.collect::<String>()
            });
            let found = found.map_err(|mistakes| {
                let mistakes = mistakes.into_iter().map(|m| (m.code, m.message));
                mistakes.collect::<Vec<_>>()
            });
            // Nobody waits any more if it came too late.
            let _ = send.send(found);
        })
        .expect("a thread");
    let shown = text.get(..200).unwrap_or(text);
    done.recv_timeout(PATIENCE)
        .unwrap_or_else(|_| panic!("no end, or a panic:\n{shown}"))
}

fn accepted(text: &str) {
    if let Err(mistakes) = outcome(text) {
        let shown = text.get(..300).unwrap_or(text);
        panic!("refused: {mistakes:?}\n{shown}");
    }
}

fn refused(text: &str, code: ErrorCode, part: &str) {
    let shown = text.get(..300).unwrap_or(text);
    match outcome(text) {
        Ok(_) => panic!("accepted\n{shown}"),
        Err(mistakes) => assert!(
            mistakes.iter().any(|(c, m)| *c == code && m.contains(part)),
            "{mistakes:?}\n{shown}"
        ),
    }
}

/// `A[0] = e` in a function of a vector and an integer.
fn stores(e: &str) -> String {
    format!("def f(A: float64[N], n: int64):\n    A[0] = {e}\n")
}

fn around(open: &str, core: &str, close: &str, times: usize) -> String {
    format!("{}{core}{}", open.repeat(times), close.repeat(times))
}

#[test]
fn flattened_views_of_views_are_divided_once() {
    accepted("def f(A: float64[N, M]):\n    return A[::2].T.reshape(-1)\n");
    accepted(
        "def f(A: float64[N, N]):\n    B = A[0:, 1:]\n    C = B[::2].T\n    D = C.reshape(-1)\n    D[0] = 5.0\n    return D\n",
    );
    accepted("def f(A: float64[N, M]):\n    return A[::3, ::2].T.reshape(-1)[::2].reshape(-1)\n");
}

#[test]
fn operands_are_lowered_once() {
    let links = vec!["A[0]"; 60].join(" < ");
    accepted(&format!(
        "def f(A: float64[N]):\n    if {links}:\n        A[0] = 1.0\n"
    ));
    let links: Vec<String> = (0..60).map(|k| format!("A[{k}]")).collect();
    accepted(&stores(&format!("1.0 if {} else 2.0", links.join(" < "))));
    accepted(&stores(&format!("max({})", links.join(", "))));
    accepted(&stores(&around("max(A[2], ", "A[1]", ")", 100)));
    accepted(&stores(&around("min(A[n], ", "A[1]", ")", 100)));
    accepted(&stores(&around(
        "(A[1] if A[0] > ",
        "A[2]",
        " else A[3])",
        60,
    )));
    accepted(&stores(&around(
        "(A[n] if A[n] > ",
        "A[2]",
        " else A[n])",
        60,
    )));
    accepted(&stores(&around("(A[n] if A[0] > 1 else ", "A[2]", ")", 60)));
    let nested = around("(A[n] > 1 and (A[0] > 2 or ", "A[1] > 3", "))", 40);
    accepted(&format!(
        "def f(A: float64[N], n: int64):\n    b = {nested}\n    if b:\n        A[0] = 1.0\n"
    ));
    // The sides of the outer choice hold the next one, in all three operands.
    let mut e = "A[n]".to_owned();
    for _ in 0..6 {
        e = format!("({e} if {e} > 0 else {e})");
    }
    accepted(&stores(&e));
}

#[test]
fn operands_are_printed_once() {
    accepted(&format!(
        "def f(A: uint8[N]):\n    return {}A\n",
        "- ~".repeat(60)
    ));
}

#[test]
fn many_differences_are_a_loop() {
    accepted("def f(A: float64[N]):\n    return np.diff(A, n=1000000007)\n");
    accepted("def f(A: float64[N, M]):\n    return np.diff(A, n=65536, axis=0)\n");
    accepted("def f(A: bool[N, M]):\n    return np.diff(A, n=9)\n");
}

#[test]
fn integers_do_not_grow_without_end() {
    // The number of terms, the degree, the numbers.
    accepted(&stores("(N + n + 1) ** 8"));
    accepted(&stores(
        "(N + n) * (N + n + 1) * (N + n + 2) * (N + n + 3) * (N + n + 4) * (N + n + 5)",
    ));
    let squares = "    x = x * x + 1\n".repeat(40);
    accepted(&format!(
        "def f(A: float64[N]):\n    x = N\n{squares}    A[0] = x\n"
    ));
    let sizes: Vec<String> = (0..40).map(|k| format!("N + {k}")).collect();
    accepted(&stores(&format!("max({})", sizes.join(", "))));
    accepted(&stores(&around("min(n + 1, ", "N", ")", 100)));
    refused(&stores("2**2**40"), ErrorCode::Value, "64 bits");
    refused(&stores("10**5000"), ErrorCode::Value, "64 bits");
    refused(
        &stores("(10**18)**8 // 10**140"),
        ErrorCode::Value,
        "64 bits",
    );
    let dims: Vec<String> = (0..30).map(|k| format!("N{k} + 1")).collect();
    refused(
        &format!("def f(A: float64[{}]):\n    A[:] = 1\n", dims.join(", ")),
        ErrorCode::Annotation,
        "too long",
    );
}

#[test]
fn what_is_put_in_place_is_counted() {
    let mut helpers = "def h0(x):\n    return x + 1\n".to_owned();
    for k in 1..40 {
        let below = k - 1;
        helpers += &format!("def h{k}(x):\n    return h{below}(x) + h{below}(x)\n");
    }
    refused(
        &format!("{helpers}{}", stores("h39(A[1])")),
        ErrorCode::Unsupported,
        "too large",
    );
    let mut loops = "def f(A: float64[N]):\n".to_owned();
    for k in 0..20 {
        let margin = "    ".repeat(k + 1);
        loops += &format!("{margin}for i{k} in (0, 1, 2, 3):\n");
    }
    loops += &format!("{}A[0] += 1\n", "    ".repeat(21));
    refused(&loops, ErrorCode::Unsupported, "too large");
    let mut early = "def h(A, n):\n".to_owned();
    for k in 0..40 {
        early += &format!("    if A[{k}] > 0:\n        if A[n] > {k}:\n            return {k}.0\n");
    }
    early += "    return -1.0\n";
    refused(
        &format!("{early}{}", stores("h(A, n)")),
        ErrorCode::Unsupported,
        "too large",
    );
}

#[test]
fn nesting_is_limited_by_name() {
    for (open, core, close) in [
        ("(", "A[1]", ")"),
        ("-", "A[1]", ""),
        ("not ", "A[1]", ""),
        ("abs(", "A[1]", ")"),
        ("[", "A[1]", "]"),
        ("(lambda x: ", "A[1]", ")(n)"),
        ("A[int(", "A[1]", ")]"),
        ("A[1] if A[0] > 1 else ", "A[2]", ""),
        ("A[1] ** ", "A[2]", ""),
    ] {
        refused(
            &stores(&around(open, core, close, 10_000)),
            ErrorCode::Unsupported,
            "too deep",
        );
    }
    for next in [" + A[1]", " < A[1]", ".T"] {
        refused(
            &stores(&format!("A[1]{}", next.repeat(10_000))),
            ErrorCode::Unsupported,
            "too deep",
        );
    }
    let mut text = "def f(A: float64[N], n: int64):\n    if n == 0:\n        A[0] = 0\n".to_owned();
    for k in 1..10_000 {
        text += &format!("    elif n == {k}:\n        A[0] = {k}\n");
    }
    refused(&text, ErrorCode::Unsupported, "too deep");
    for depth in [60, 90] {
        for line in ["if A[#] > 0:", "for i# in range(N):", "while A[#] > 0:"] {
            let mut text = "def f(A: float64[N]):\n".to_owned();
            for k in 0..depth {
                text += &format!(
                    "{}{}\n",
                    " ".repeat(k + 1),
                    line.replace('#', &k.to_string())
                );
            }
            accepted(&format!("{text}{}A[0] = 1\n", " ".repeat(depth + 1)));
        }
    }
}

#[test]
fn long_texts() {
    let mut text = "def f(A: float64[N]):\n".to_owned();
    for k in 0..1000 {
        text += &format!("    x{k} = A[{}] * {k}.5\n", k % 7);
    }
    accepted(&text);
    let arrays = vec!["A"; 200].join(", ");
    accepted(&format!(
        "def f(A: float64[N]):\n    return np.concatenate(({arrays}))\n"
    ));
    let params: Vec<String> = (0..300).map(|k| format!("a{k}: float64[S{k}]")).collect();
    accepted(&format!("def f({}):\n    a0[0] = 1\n", params.join(", ")));
    accepted(&stores(&format!("A[1]{}", " * 1.5".repeat(300))));
    // Each line begins elsewhere, and is wrong.
    let mut ragged = "def f(A: float64[N]):\n".to_owned();
    for k in 0..2000 {
        ragged += &format!("{}x = = 1\n", " ".repeat(k % 400 + 1));
    }
    assert!(outcome(&ragged).is_err());
}

#[test]
fn arrays_of_the_module_level_are_refused() {
    for derived in ["", "T = np.sum(W)\n", "T = W\n", "T = W * 2\n"] {
        refused(
            &format!(
                "import numpy as np\nfrom dace import float64\nW = np.array([1.0, 2.0, 3.0])\n{derived}def f(x: float64[3]):\n    return x * {}\n",
                if derived.is_empty() { "W" } else { "T" }
            ),
            ErrorCode::Module,
            "known when the program is compiled",
        );
    }
}

#[test]
fn sizes_of_the_module_level_bring_their_symbols() {
    accepted(
        "import dace\nP = dace.symbol('P')\nL = dace.symbol('L')\nN = P * L\n@dace.program\ndef f(A: dace.float64[N]):\n    A[1:-1] = 0.0\n",
    );
}

#[test]
fn odd_bytes_are_mistakes_or_nothing() {
    for text in [
        "\u{feff}def f(A: float64[N]):\n    A[0] = 1\n",
        "def f(A: float64[N]):\r\n    A[0] = 1\r\n",
        "def f(A: float64[N]):\n\tA[0] = 1\n",
        "def f(A: float64[N]):\n    A[0] = 1e400\n",
        "def f(A: float64[N]):\n    'a\0b'\n    A[0] = 1\0\n",
        "\0",
        "",
        "#[transform(map_tiling(map = \"i\", tile_sizes = [9223372036854775807]))]\ndef f(A: float64[N]):\n    A[:] = 1\n",
        "#[transform(map_tiling(map = \"i\", tile_sizes = [0, -1]))]\ndef f(A: float64[N]):\n    A[:] = 1\n",
        "#[transform(loop_unroll(loop = \"i\", factor = -9223372036854775808))]\ndef f(A: float64[N]):\n    for i in range(N):\n        A[i] = A[i - 1]\n",
        "def f(A: float64[N]):\n    return np.zeros((10**18, 10**18))\n",
        "def f(A: float64[N]):\n    return (0,) * 10**9\n",
        "def f(A: float64[N]):\n    return [0 for i in range(10**9)]\n",
    ] {
        if let Err(mistakes) = outcome(text) {
            assert!(
                mistakes.iter().all(|(c, _)| *c != ErrorCode::Internal),
                "{mistakes:?}\n{text}"
            );
        }
    }
}
