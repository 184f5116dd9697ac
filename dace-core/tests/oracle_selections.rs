//! Arrays whose size is known at run time only, grids and histograms, against NumPy.

use dace_oracle::oracle::agree;

#[test]
fn selections() {
    agree(&[
        ("def f(A: float64[N]): return A[A > 0]", ""),
        ("def f(A: float64[N]): return A[A > 0].copy() * 2", ""),
        (
            "def f(A: float64[N]): return len(A[A > 0]), A[A > 0].size",
            "",
        ),
        ("def f(A: float64[N]): return A[A > 0].shape[0]", ""),
        ("def f(A: float64[N, M]): return A[A > 0]", ""),
        ("def f(A: float64[N, M], m: bool[N]): return A[m]", ""),
        ("def f(A: float64[N, M], m: bool[N]): return A[m].T", ""),
        ("def f(A: float64[N, M], m: bool[N]): return A[m].shape", ""),
        ("def f(A: float64[N, M], m: bool[N]): return A[m].ndim", ""),
        (
            "def f(A: float64[N, M], m: bool[N]): return A[m][:, 0]",
            "N=4 M=3",
        ),
        ("def f(A: float64[N]): return A[A > -9][2]", "N=5"),
        ("def f(A: float64[N]): return A[A > 9][0]", "N=5 raises"),
        ("def f(A: float64[N]): return A[A > 0][::-1]", ""),
        ("def f(A: float64[N], B: float64[N]): B[:] = A[A > -9]", ""),
        (
            "def f(A: float64[N], B: float64[N]): B[:] = A[A > 0]",
            "N=6 raises",
        ),
        (
            "def f(A: float64[N], B: float64[M], i: int64[N]):\n    m = A > 0\n    B[i[m]] = A[m]",
            "i=0..4 M=4",
        ),
        (
            "def f(A: float64[N], B: float64[M], i: int64[N]):\n    m = A > 0\n    B[i[m]] += 2",
            "i=-4..4 M=4",
        ),
        (
            "def f(A: float64[N], B: float64[M, K], i: int64[N], j: int64[N]):\n    m = A > 0\n    B[i[m], j[m]] = 7",
            "i=0..4 j=0..3 M=4 K=3",
        ),
        (
            "def f(A: float64[N], B: float64[M], i: int64[N]):\n    m = A > 0\n    return B[i[m]] * A[m]",
            "i=0..4 M=4",
        ),
        (
            "def f(A: float64[N], B: float64[M], i: int64[N]):\n    return np.sum(B[i[A > 0]])",
            "i=0..4 M=4",
        ),
        (
            "def f(A: float64[N], B: float64[M], i: int64[N], j: int64[N]):\n    B[i[A > 0]] = A[A < 0]",
            "i=0..4 refused=D007",
        ),
        (
            "def f(A: float64[N], B: float64[N]):\n    a, B[:] = A[A > -9], 1\n    return a",
            "",
        ),
    ]);
}

#[test]
fn variables_become_smaller() {
    agree(&[
        (
            "def f(A: float64[N]):\n    for i in range(3):\n        A = A[A > i]\n    return A",
            "",
        ),
        (
            "def f(A: float64[N]):\n    B = A * 3\n    n = 0\n    while len(B) > 2:\n        B = B[1:]\n        n += 1\n    return B, n",
            "",
        ),
        (
            "def f(A: float64[N]):\n    B = A * 3\n    for i in range(4):\n        if not len(B):\n            break\n        np.multiply(B, B, B)\n        m = B > 2\n        np.logical_not(m, m)\n        B = B[m]\n        B += 1\n    return np.sum(B), len(B)",
            "",
        ),
        (
            "def f(A: float64[N], B: int64[N]):\n    a, b = A + 1, B * 2\n    for i in range(3):\n        m = a > 0\n        a, b = a[m] - 1, b[m]\n    return a, b",
            "",
        ),
        (
            "def f(A: float64[N]):\n    a, b = A + 1, A * 2\n    for i in range(3):\n        m = a + b > 0\n        a, b = b[m] - 1, a[m]\n    return a, b",
            "",
        ),
        (
            "def f(A: float64[N]):\n    a = A * 2\n    for i in range(2):\n        b = a\n        a = a[a > i]\n        a += np.sum(b)\n    return a",
            "",
        ),
        (
            "def f(A: float64[N, M]):\n    a = A * 2\n    for i in range(2):\n        a = a[a[:, 0] > i]\n    return a",
            "N=5 M=3",
        ),
        (
            "def f(A: float64[N], k: int64):\n    a = A * 2\n    if k > 1:\n        a = a[a > 0]\n    return np.sum(a), len(a)",
            "k=2",
        ),
        (
            "def f(A: float64[N], k: int64):\n    a = A * 2\n    if k > 1:\n        a = a[a > 0]\n    return np.sum(a), len(a)",
            "k=0",
        ),
        (
            "def f(A: float64[N]):\n    a = A * 2\n    for i in range(3):\n        for j in range(2):\n            a = a[a > i - j]\n        a = a - 1\n    return a",
            "",
        ),
        (
            "def f(A: float64[N]):\n    a = A[A > 0]\n    for i in range(3):\n        a = a[a < 9 - i] + 1\n    return a",
            "",
        ),
        (
            "def f(A: float64[N]):\n    a = A * 2\n    for i in range(3):\n        a = np.concatenate((a, a))\n    return a",
            "refused=D007",
        ),
    ]);
}

#[test]
fn shapes_are_assigned() {
    agree(&[
        (
            "def f(A: float64[N, M]):\n    B = A * 2\n    B.shape = N * M\n    return B[::-1]",
            "",
        ),
        (
            "def f(A: float64[N, M]):\n    B = A * 2\n    C = A + 1\n    B.shape = C.shape = (M, N)\n    return B @ C.T",
            "",
        ),
        (
            "def f(A: float64[N, M]):\n    B = A * 2\n    B.shape = -1\n    B[0] = 7\n    return B",
            "N=3 M=4",
        ),
        (
            "def f(A: float64[N]):\n    B = A * 2\n    B.shape = N + 1\n    return B",
            "refused=D007",
        ),
        ("def f(A: float64[N, M]): A.shape = N * M", "refused=D002"),
        (
            "def f(A: float64[N, M]):\n    B = A * 2\n    C = B\n    B.shape = N * M\n    return C",
            "refused=D002",
        ),
        (
            "def f(A: float64[N, M]):\n    B = A * 2\n    for i in range(2):\n        B.shape = N * M\n    return B",
            "refused=D002",
        ),
    ]);
}

#[test]
fn grids() {
    agree(&[
        (
            "def f(N: int64, M: int64): return np.mgrid[0:N, 0:M]",
            "M=2",
        ),
        (
            "def f(N: int64, M: int64):\n    i, j = np.mgrid[0:N, 0:M]\n    i += 1\n    return i * 10 + j",
            "M=2",
        ),
        ("def f(N: int64): return np.mgrid[2:N + 7:3, 5:1:-1]", ""),
        ("def f(N: int64): return np.mgrid[0:N], np.mgrid[1:5:2]", ""),
        ("def f(x: float64): return np.mgrid[0:x, 0:2]", "x=2.5"),
        ("def f(x: float64): return np.mgrid[x:5:0.5, 0:2]", "x=2.5"),
        ("def f(x: float32): return np.mgrid[x:5, 0:2]", "x=2.5"),
        (
            "def f(x: float64): return np.mgrid[0:x:4j, 1:3:3j]",
            "x=2.5",
        ),
        ("def f(x: float64): return np.mgrid[0:x:4j]", "x=2.5"),
        ("def f(N: int64): return np.mgrid[0:N, 3:0]", "raises"),
        (
            "def f(N: int64, M: int64):\n    i, j = np.ogrid[0:N, 0:M]\n    return i, j, i * 10 + j",
            "M=2",
        ),
        (
            "def f(N: int64, M: int64): return np.indices((N, M))",
            "M=2",
        ),
        (
            "def f(N: int64):\n    i, j = np.indices((N, 2), dtype=np.int32)\n    return i - j",
            "",
        ),
        (
            "def f(N: int64, K: int64):\n    i, j = np.mgrid[0:N, 0:N**K]\n    for k in range(K):\n        i[:, :N**k] += j[:, :N**k]\n    return i",
            "K=2",
        ),
        (
            "def f(A: float64[N], R: int64, K: int64):\n    for k in range(K):\n        B = np.reshape(A, (R**k, R, R**(K - k - 1)))\n        A[:] = np.reshape(np.transpose(B, axes=(1, 0, 2)), (N,)) * 2",
            "N=8 R=2 K=3",
        ),
        (
            "def f(A: float64[N], k: int64): return np.repeat(A, k)",
            "k=2",
        ),
        (
            "def f(A: float64[N], k: int64): return np.repeat(A, k)",
            "k=0",
        ),
        (
            "def f(A: float64[N], k: int64): return np.repeat(A, k)",
            "N=3 k=-1 raises",
        ),
    ]);
}

#[test]
fn histograms() {
    agree(&[
        ("def f(A: float64[N]): return np.histogram(A)", "N=50"),
        (
            "def f(A: float64[N], k: int64): return np.histogram(A, k)",
            "N=50 k=7",
        ),
        (
            "def f(A: float64[N], k: int64): return np.histogram(A, bins=k)",
            "",
        ),
        (
            "def f(A: float64[N], k: int64): return np.histogram(A, k)",
            "N=5 k=0 raises",
        ),
        (
            "def f(A: float64[N], w: float64[N]): return np.histogram(A, 5, weights=w)",
            "N=60",
        ),
        (
            "def f(A: float64[N], w: int32[N]): return np.histogram(A, 5, weights=w)[0]",
            "N=60",
        ),
        (
            "def f(A: float64[N], w: complex128[N]): return np.histogram(A, 5, weights=w)[0]",
            "N=60",
        ),
        (
            "def f(A: float64[N], w: float64[M]): return np.histogram(A, 5, weights=w)[0]",
            "refused=D007",
        ),
        (
            "def f(A: float64[N]): return np.histogram(A, 6, range=(-1, 1.5))",
            "N=60",
        ),
        (
            "def f(A: float64[N]): return np.histogram(A, 6, (1, -1))",
            "refused=D018",
        ),
        (
            "def f(A: float64[N], x: float64): return np.histogram(A, 6, (1, x))",
            "N=5 x=-1.5 raises",
        ),
        (
            "def f(A: float32[N]): return np.histogram(A, 6)",
            "N=60 precision=single",
        ),
        ("def f(A: int64[N]): return np.histogram(A, 6)", "N=60"),
        (
            "def f(A: int64[N]): return np.histogram(A, 6)",
            "N=60 A=-9000..9000",
        ),
        (
            "def f(A: int8[N]): return np.histogram(A, 3)",
            "N=60 A=-128..128",
        ),
        (
            "def f(A: uint8[N]): return np.histogram(A, 3)",
            "N=60 A=0..255",
        ),
        (
            "def f(A: int64[N]): return np.histogram(A, 3)",
            "N=4 A=3..4",
        ),
        ("def f(A: float64[N, M]): return np.histogram(A * 2, 4)", ""),
        (
            "def f(A: float64[N]): return np.histogram(A, 5, density=True)",
            "N=60",
        ),
        (
            "def f(A: float64[N]): return np.histogram(A / 0.0, 5)",
            "N=5 raises",
        ),
        (
            "def f(): return np.linspace(np.float32(1), np.float32(2), 7)",
            "precision=single",
        ),
    ]);
}
