//! Statistics of several variables, against NumPy.

use dace_oracle::oracle::agree;

/// The rank of a covariance depends on whether there is one variable: sizes are given where a size of 1 is an error here.
#[test]
fn covariances() {
    agree(&[
        ("def f(A: float64[N, M]): return np.cov(A)", "N=3 M=5"),
        ("def f(A: float64[N, M]): return np.cov(A)", "N=3 M=1"),
        ("def f(A: float64[N, M]): return np.cov(A)", "N=0 M=4"),
        ("def f(A: float64[N, M]): return np.cov(A.T)", "N=5 M=3"),
        (
            "def f(A: float64[N, M]): return np.cov(np.transpose(A))",
            "N=2 M=2",
        ),
        (
            "def f(A: float64[N, M]): return np.cov(A, rowvar=False)",
            "N=5 M=4",
        ),
        (
            "def f(A: float64[N, M]): return np.cov(A, bias=True)",
            "N=3 M=4",
        ),
        (
            "def f(A: float64[N, M]): return np.cov(A, ddof=0)",
            "N=3 M=4",
        ),
        (
            "def f(A: float64[N, M]): return np.cov(A, ddof=4)",
            "N=3 M=4",
        ),
        (
            "def f(A: float64[N, M], d: int64): return np.cov(A, ddof=d)",
            "N=3 M=4 d=2",
        ),
        (
            "def f(A: float64[N, M]): return np.cov(A[1:, ::2] * 2 + 1)",
            "N=4 M=7",
        ),
        ("def f(A: float64[1, M]): return np.cov(A)", ""),
        ("def f(A: float64[3, M]): return np.cov(A)", ""),
        ("def f(a: float64[N]): return np.cov(a)", ""),
        ("def f(a: float64[N]): return np.cov(a, rowvar=False)", ""),
        (
            "def f(a: float64[N], b: float64[N]): return np.cov(a, b)",
            "",
        ),
        (
            "def f(a: float64[N], b: float64[N]): return np.cov(a, y=b, rowvar=False)",
            "",
        ),
        (
            "def f(A: float64[N, M], B: float64[K, M]): return np.cov(A, B)",
            "N=2 M=5 K=3",
        ),
        (
            "def f(A: float64[M, N], B: float64[M, K]): return np.cov(A, B, rowvar=False)",
            "N=2 M=5 K=3",
        ),
        ("def f(A: complex128[N, M]): return np.cov(A)", "N=3 M=5"),
        ("def f(A: complex128[N, M]): return np.cov(A.T)", "N=5 M=2"),
        ("def f(A: float32[N, M]): return np.cov(A)", "N=3 M=5"),
        (
            "def f(A: float32[N, M]): return np.cov(A, dtype=np.float32)",
            "N=3 M=5 precision=single",
        ),
        ("def f(A: int32[N, M]): return np.cov(A)", "N=3 M=5"),
        (
            "def f(A: int32[N, M], B: complex128[N, M]): return np.cov(A, B)",
            "N=3 M=5",
        ),
        (
            "def f(A: float64[N, M], w: float64[M]): return np.cov(A, aweights=w)",
            "refused=D002",
        ),
        (
            "def f(A: float64[N, M, K]): return np.cov(A)",
            "refused=D007",
        ),
        (
            "def f(A: float64[N, M]): return np.cov(A, 1, 2, 3, 4, 5, 6, 7)",
            "refused=D002",
        ),
    ]);
}

#[test]
fn changed_after_the_covariance() {
    agree(&[
        (
            "def f(A: float64[N, M]):\n    C = np.cov(A)\n    A[:] = 0\n    return C",
            "N=3 M=5",
        ),
        (
            "def f(A: float64[N, M], C: float64[N, N]): C += np.cov(A) / 2",
            "N=3 M=5",
        ),
    ]);
}
