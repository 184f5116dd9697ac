//! What is generated for some small programs, for people to read and to see it change.

mod common;

use dace_core::syntax::Form;

/// The Rust text of each function of a module.
fn expand(text: &str) -> String {
    let programs = dace_core::compile(text, Form::Module).unwrap_or_else(|mistakes| {
        let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{}", mistakes.join("\n"))
    });
    let mut out = String::new();
    for program in &programs {
        let options = dace_backends::rust::Options {
            strict_fp: program.options.strict_fp,
        };
        out += &common::pretty(dace_backends::rust::generate_function(
            &program.sdfg,
            options,
        ));
        out.push('\n');
    }
    out
}

#[test]
fn basics() {
    insta::assert_snapshot!(expand(include_str!("rust/basics.py")));
}

#[test]
fn accesses_that_are_proved_have_no_checks() {
    let text = expand(
        "def f(A: float64[N, N], B: float64[N]):\n    for i in range(1, N):\n        for j in range(i):\n            A[i, j] += A[i - 1, j] * B[N - 1 - j]\n",
    );
    assert!(
        !text.contains("rt::index") && !text.contains("rt::span"),
        "{text}"
    );
}

#[test]
fn accesses_that_are_not_proved_are_checked_before_the_loop() {
    let text = expand(
        "def f(A: float64[N], B: float64[M]):\n    for i in range(N):\n        A[i] = B[i] * 2.0\n",
    );
    assert!(
        text.contains("rt::span") && !text.contains("rt::index"),
        "{text}"
    );
}

#[test]
fn strict_arithmetic_is_as_written() {
    let body = "def f(a: float64[N], b: float64[N]):\n    s = 0.0\n    for i in range(N):\n        s = s + a[i] * b[i]\n    return s\n";
    assert!(expand(body).contains("rt::lanes"));
    let strict = expand(&format!("#[strict_fp]\n{body}"));
    assert!(
        !strict.contains("rt::lanes") && !strict.contains("rt::fma"),
        "{strict}"
    );
}
