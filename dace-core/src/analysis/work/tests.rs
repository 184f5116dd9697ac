//! Counts by hand, and by brute force.

use super::*;
use crate::syntax::Form;
use proptest::prelude::*;

fn of(text: &str) -> Work {
    let programs = crate::compile(text, Form::Block).unwrap_or_else(|d| panic!("{d:?}"));
    work(&programs[0].sdfg)
}

fn formulas(text: &str) -> (String, String) {
    let work = of(text);
    (
        work.operations.map_or("?".to_owned(), |c| c.to_string()),
        work.bytes.to_string(),
    )
}

#[track_caller]
fn check(text: &str, operations: &str, bytes: &str) {
    assert_eq!(formulas(text), (operations.to_owned(), bytes.to_owned()));
}

#[test]
fn elementwise() {
    check(
        "def f(a: float64[N], b: float32[N, M]):\n    b[:] = 2 * b + 1\n    return np.exp(a) * a",
        "2*M*N + 2*N",
        "8*M*N + 16*N",
    );
}

#[test]
fn what_is_overwritten_is_not_read() {
    check(
        "def f(a: float64[N], b: float64[N]):\n    b[:] = a\n    b += 1",
        "N",
        "16*N",
    );
}

#[test]
fn triangles() {
    // Σ_i Σ_{j < i} 2 = N² - N, and one addition for each row's sum.
    check(
        "def f(a: float64[N, N], s: float64[N]):\n    for i in range(N):\n        for j in range(i):\n            s[i] += a[i, j] * a[j, i]",
        "N^2",
        "8*N^2 + 16*N",
    );
}

#[test]
fn counts_at_indices_from_data() {
    // One addition for each element, wherever it goes; all bins may be read and written.
    check(
        "def f(w: float64[N], at: int32[N], bins: float64[M]):\n    for i in range(N):\n        bins[at[i]] += w[i]",
        "N",
        "16*M + 12*N",
    );
}

#[test]
fn products() {
    check(
        "def f(a: float64[N, K], b: float64[K, M]):\n    return a @ b",
        "2*K*M*N",
        "8*K*M + 8*K*N + 8*M*N",
    );
    check(
        "def f(a: complex128[N, N], b: complex128[N, N]):\n    return a.T @ b",
        "8*N^3",
        "48*N^2",
    );
}

#[test]
fn solutions() {
    check(
        "def f(a: float64[N, N], b: float64[N]):\n    return np.linalg.solve(a, b)",
        "0.666667*N^3 + 2*N^2",
        "8*N^2 + 16*N",
    );
    check(
        "def f(a: float64[N, N]):\n    return np.linalg.cholesky(a)",
        "0.333333*N^3",
        "16*N^2",
    );
}

#[test]
fn iterations_in_time() {
    check(
        "def f(T: int64, a: float64[N + 2]):\n    for t in range(T):\n        a[1:-1] = a[:-2] + a[2:]",
        "N*T",
        "16*N + 16",
    );
}

#[test]
fn complex_numbers() {
    check(
        "def f(a: complex64[N]):\n    a *= a\n    a += a",
        "8*N",
        "16*N",
    );
}

#[test]
fn no_more_than_the_array() {
    check(
        "def f(a: float64[N], b: float64[N], k: int64):\n    for i in range(N):\n        if i >= k:\n            b[i] = a[i - k]",
        "0",
        "16*N",
    );
}

#[test]
fn only_data_tell() {
    assert!(
        of("def f(a: float64[N]):\n    while a[0] > 1:\n        a /= 2")
            .operations
            .is_none()
    );
    assert!(
        of("def f(a: float64[N]):\n    for i in range(N):\n        if a[i] > 1:\n            break\n        a[i] += 2")
            .operations
            .is_none()
    );
}

#[test]
fn reductions() {
    check(
        "def f(a: float64[N, M]):\n    return np.max(a, axis=1), np.sum(a)",
        "2*M*N",
        "8*M*N + 8*N",
    );
}

#[test]
fn branches() {
    check(
        "def f(a: float64[N], x: float64):\n    for i in range(N):\n        if a[i] > 0.5:\n            a[i] = x * a[i] + 1\n        else:\n            a[i] = 0",
        "2*N",
        "16*N",
    );
}

proptest! {
    /// Sums over nested ranges against loops.
    #[test]
    fn sums(b in -3i64..4, n in 0i64..9, p in 0u32..4, q in 0u32..3, step in 1i64..4) {
        let (i, j) = (Sym::new("i"), Sym::new("j"));
        let power = |s: &Sym, k: u32| (0..k).fold(crate::symbolic::Expr::one(), |e, _| &e * &crate::symbolic::Expr::from(s));
        let body = Count::of(&(&power(&i, p) * &power(&j, q)));
        // j over b..b + i, i over b..b + n * step by steps.
        let inner = body.summed(&j, &Range::new(b, crate::symbolic::Expr::from(&i) + b, 1));
        let outer = inner.summed(&i, &Range::new(0, n * step, step));
        let mut expected = 0.0;
        for t in 0..n {
            let i = t * step;
            for j in b..b + i {
                expected += (i.pow(p) * j.pow(q)) as f64;
            }
        }
        let found = outer.eval(&|_| None).unwrap_or(f64::NAN);
        prop_assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} {expected}");
    }
}
