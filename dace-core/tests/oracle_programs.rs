//! Control flow, calls, maps and whole modules, against NumPy.

use dace_oracle::oracle::agree;

#[test]
fn control_flow() {
    agree(&[
        (
            "def f(A: float64[N]):\n    for i in range(N):\n        A[i] = i * 2",
            "",
        ),
        (
            "def f(A: float64[N]):\n    for i in range(1, N):\n        A[i] += A[i - 1]",
            "",
        ),
        (
            "def f(A: float64[N]):\n    for i in range(N - 2, -1, -1):\n        A[i] += A[i + 1]",
            "",
        ),
        (
            "def f(A: float64[N], s: int64):\n    for i in range(0, N, s):\n        A[i] = 1",
            "s=2",
        ),
        (
            "def f(A: float64[N], s: int64):\n    for i in range(0, N, s):\n        A[i] = 1",
            "s=0 raises",
        ),
        (
            "def f(A: float64[N], s: int64):\n    for i in range(0, N, s):\n        A[i] = 1",
            "s=-1",
        ),
        (
            "def f(A: float64[N, M]):\n    for i in range(N):\n        for j in range(i):\n            A[i, j % M] = i + j",
            "",
        ),
        (
            "def f(A: float64[N, N]):\n    for i in range(N):\n        for j in range(i + 1, N):\n            A[j, i] = A[i, j]",
            "",
        ),
        (
            "def f(A: float64[N]):\n    for i in range(N):\n        if A[i] > 0:\n            A[i] = 1\n        elif A[i] < -1:\n            A[i] = -1\n        else:\n            A[i] = 0",
            "",
        ),
        (
            "def f(A: float64[N]):\n    for i in range(N):\n        if A[i] > 1:\n            break\n        A[i] = 0",
            "",
        ),
        (
            "def f(A: float64[N]):\n    for i in range(N):\n        if A[i] > 0:\n            continue\n        A[i] = 0",
            "",
        ),
        (
            "def f(A: float64[N]):\n    x = 0.0\n    for i in range(N):\n        x += A[i]\n    return x",
            "",
        ),
        (
            "def f(A: float64[N]):\n    x = 0\n    for i in range(N):\n        x += 1\n    return x",
            "",
        ),
        (
            "def f(A: float64[N]):\n    x = 1.0\n    while x < 100:\n        x *= 2\n    return x",
            "",
        ),
        (
            "def f(A: float64[N]):\n    i = 0\n    while i < N and A[i] < 1:\n        i += 1\n    return i",
            "",
        ),
        (
            "def f(A: float64[N]):\n    i = 0\n    while True:\n        i += 1\n        if i > 5:\n            break\n    return i",
            "",
        ),
        (
            "def f(x: float64):\n    if x > 0:\n        return x * 2\n    return x - 1",
            "",
        ),
        (
            "def f(x: float64):\n    if x > 0:\n        y = 1.0\n    else:\n        y = 2.0\n    return y",
            "",
        ),
        (
            "def f(n: int64):\n    a = 0\n    b = 1\n    for i in range(n):\n        a, b = b, a + b\n    return a",
            "n=10",
        ),
        (
            "def f(A: float64[N]):\n    for i in range(N):\n        for j in range(N):\n            if j > i:\n                break\n            A[j] += 1",
            "",
        ),
        (
            "def f(A: float64[N]):\n    for i in range(N):\n        A[i] = 0\n    else:\n        A[0] = 5",
            "refused=D002",
        ),
        (
            "def f(A: float64[N]):\n    for i in range(3):\n        pass\n    return i",
            "refused=D010",
        ),
        (
            "def f(A: float64[N]):\n    for a in A:\n        A[0] += a",
            "",
        ),
        (
            "def f(A: float64[N]):\n    for i, a in enumerate(A):\n        A[0] += a * i",
            "refused=D002",
        ),
        (
            "def f(A: float64[N], B: float64[N]):\n    for a, b in zip(A, B):\n        A[0] += a * b",
            "refused=D002",
        ),
        (
            "def f(A: float64[N]):\n    for i in reversed(range(N)):\n        A[i] = A[i] + A[0]",
            "",
        ),
        (
            "def f(A: float64[N]):\n    B = np.zeros(N)\n    for i in range(3):\n        B = B + A\n    return B",
            "",
        ),
        (
            "def f(A: float64[N]):\n    B = A + 1\n    for i in range(3):\n        C = B * 2\n        B = C - 1\n    return B",
            "",
        ),
        (
            "def f(A: float64[N]):\n    for i in range(N):\n        A[i] = A[i] if A[i] > 0 else 0.0",
            "",
        ),
        (
            "def f(A: float64[N], n: int64):\n    for i in range(n):\n        A[i] = A[i - 1] if i > 0 else 0.0",
            "n=5",
        ),
        (
            "def f(A: float64[N], n: int64):\n    for i in range(n):\n        if i > 0 and A[i - 1] > 0:\n            A[i] = 0",
            "n=5",
        ),
        (
            "def f(A: float64[N], idx: int64[N]):\n    for i in range(N):\n        A[idx[i]] += A[i]",
            "idx=0..5",
        ),
        (
            "def f(A: float64[N], idx: int64[N]):\n    for i in range(idx[0], idx[1]):\n        A[i] = 0",
            "idx=0..5",
        ),
        (
            "def f(A: float64[N], n: int64):\n    if n > 2:\n        A[0] = 1\n    if n > 2 and n < 5 or n == 9:\n        A[1] = 1",
            "n=4",
        ),
        (
            "def f(A: float64[N]):\n    n = int(A[0] * 0) + 2\n    return np.ones(n)",
            "",
        ),
        (
            "def f(A: float64[N]):\n    assert N > 2\n    A[0] = 1",
            "refused=D002",
        ),
        (
            "def f(x: int64):\n    y = x\n    y += 1.5\n    return y",
            "",
        ),
        (
            "def f(x: float64):\n    i = 5\n    i = i / 2\n    return i + x",
            "",
        ),
    ]);
}

/// The sides of a branch give a variable shapes that are one where the condition holds.
#[test]
fn shapes_joined_by_a_condition() {
    let text = "def f(A: float64[N, N], B: float64[N, M]):
    if N == M:
        X = np.linalg.inv(A)
    else:
        X = np.linalg.solve(A, B)
    X = 2 * X
    return X + B";
    agree(&[
        (text, "N=4 M=3"),
        (text, "N=4 M=4"),
        (text, "N=1 M=3"),
        (
            "def f(A: float64[N, N], B: float64[N, M]):
    if N != M:
        X = B * 2
    else:
        X = A + 1
    return X",
            "",
        ),
        (
            "def f(A: float64[N, N], B: float64[N, M], k: int64):
    if k > 1 and M - N == 0:
        X = A.T
    else:
        X = B
    X = X + 1
    return X + B",
            "k=3",
        ),
        (
            "def f(a: float64[N], b: float64[M]):
    for i in range(3):
        if N >= M and M >= N:
            x = a - i
        else:
            x = b + i
        b += x
        x = -x
    b += 1",
            "",
        ),
        (
            "def f(A: float64[N, N], B: float64[N, M]):
    if N > M:
        X = A
    else:
        X = B
    return X",
            "refused=D010",
        ),
        (
            "def f(A: float64[N, N], B: float64[N, M]):
    if B[0, 0] == N:
        X = A
    else:
        X = B
    return X",
            "refused=D010",
        ),
    ]);
}

#[test]
fn maps() {
    agree(&[
        (
            "def f(A: float64[N, M]):\n    for i, j in dace.map[0:N, 0:M]:\n        A[i, j] = i * 10 + j",
            "",
        ),
        (
            "def f(A: float64[N]):\n    for i in dace.map[0:N:2]:\n        A[i] = A[i] * 2",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[N]):\n    for i in dace.map[1:N-1]:\n        t = A[i - 1] + A[i + 1]\n        B[i] = t / 2",
            "",
        ),
        (
            "def f(A: float64[N, M], s: float64[1]):\n    for i, j in dace.map[0:N, 0:M]:\n        s[0] += A[i, j]",
            "",
        ),
        (
            "def f(A: float64[N, M], B: float64[N]):\n    for i in dace.map[0:N]:\n        for j in range(M):\n            B[i] += A[i, j]",
            "",
        ),
        (
            "def f(A: float64[N, M], B: float64[N]):\n    for i in dace.map[0:N]:\n        B[i] = np.sum(A[i])",
            "",
        ),
        (
            "def f(A: float64[N, M], B: float64[M, N]):\n    for i in dace.map[0:N]:\n        B[:, i] = A[i, :]",
            "",
        ),
        (
            "def f(A: float64[N]):\n    for i in dace.map[0:N]:\n        if A[i] > 0:\n            A[i] = 0",
            "",
        ),
        (
            "def f(A: float64[N, M]):\n    for i in dace.map[0:N]:\n        x = 0.0\n        for j in range(M):\n            x += A[i, j]\n        A[i, 0] = x",
            "",
        ),
    ]);
}

#[test]
fn calls() {
    agree(&[
        (
            "def g(a, b):\n    return a * b + 1\ndef f(A: float64[N]): return g(A, 2) + g(A, A)",
            "",
        ),
        (
            "def g(a):\n    a[:] = a + 1\ndef f(A: float64[N]):\n    g(A)\n    g(A[1:])",
            "",
        ),
        (
            "def g(a, b=2.0):\n    return a * b\ndef f(A: float64[N]): return g(A) + g(b=3.0, a=A)",
            "",
        ),
        (
            "def g(a):\n    if a > 0:\n        return a\n    return -a\ndef f(x: float64): return g(x) + g(-x)",
            "",
        ),
        (
            "def g(a):\n    return a + 1, a - 1\ndef f(A: float64[N]):\n    x, y = g(A)\n    return x * y",
            "",
        ),
        (
            "def g(X: float64[K]):\n    X += 1\ndef f(A: float64[N]):\n    g(A)\n    g(A[::2])",
            "",
        ),
        (
            "def g(X: float64[K], s: float64):\n    return X * s\ndef f(A: float64[N], B: float64[M]): return g(A, 2.0), g(B, 3.0)",
            "",
        ),
        (
            "def relu(x):\n    return np.maximum(x, 0)\ndef f(A: float64[N, M], W: float64[M, K]): return relu(A @ W)",
            "",
        ),
        (
            "def f(A: float64[N]):\n    g = lambda x: x * 2\n    return g(A)",
            "",
        ),
        (
            "def f(A: float64[N]):\n    def g(x):\n        return x * 2\n    return g(A)",
            "",
        ),
    ]);
}

#[test]
fn results() {
    agree(&[
        ("def f(A: float64[N]): return A, A + 1", ""),
        ("def f(A: float64[N]): return A[0], N, 2.5, True", ""),
        ("def f(A: float64[N]): return A", ""),
        ("def f(A: float64[N]): return A[1:3]", ""),
        ("def f(A: float64[N]): return N + 1", ""),
        ("def f(A: float64[N], k: int32): return k", ""),
        ("def f(A: float64[N], k: int32): return k + 1", ""),
        ("def f(A: float64[N]): return", ""),
        (
            "def f(A: float64[N + 1, 2 * M]): return A * N + M",
            "N=3 M=2",
        ),
        ("def f(x: bool): return not x", ""),
    ]);
}

/// Modules as Python DaCe takes them.
#[test]
fn modules() {
    agree(&[
        (
            "
import numpy as np
import dace as dc
N, M = (dc.symbol(s, dtype=dc.int64) for s in ('N', 'M'))
@dc.program
def f(A: dc.float64[N, M], B: dc.float64[N, M]):
    for i, j in dc.map[0:N, 0:M]:
        B[i, j] = A[i, j] * 2
",
            "",
        ),
        (
            "
import numpy as np
import dace as dc
N = dc.symbol('N')
SCALE = 2.5
@dc.program
def g(A: dc.float64[N]):
    return np.sum(A) * SCALE
@dc.program(auto_optimize=True)
def f(A: dc.float64[N], B: dc.float64[N]):
    B[:] = A * g(A)
",
            "",
        ),
    ]);
}

/// Small versions of well-known kernels.
#[test]
fn kernels() {
    agree(&[
        (
            "def f(TSTEPS: int64, A: float64[N], B: float64[N]):\n    for t in range(1, TSTEPS):\n        B[1:-1] = 0.33333 * (A[:-2] + A[1:-1] + A[2:])\n        A[1:-1] = 0.33333 * (B[:-2] + B[1:-1] + B[2:])",
            "TSTEPS=4 N=8",
        ),
        (
            "def f(A: float64[N, N]):\n    for i in range(N):\n        for j in range(i):\n            A[i, j] -= A[i, :j] @ A[:j, j]\n            A[i, j] /= A[j, j]\n        for j in range(i, N):\n            A[i, j] -= A[i, :i] @ A[:i, j]",
            "",
        ),
        (
            "def f(A: float64[M, N], R: float64[N, N], Q: float64[M, N]):\n    for k in range(N):\n        nrm = np.dot(A[:, k], A[:, k])\n        R[k, k] = np.sqrt(nrm)\n        Q[:, k] = A[:, k] / R[k, k]\n        for j in range(k + 1, N):\n            R[k, j] = np.dot(Q[:, k], A[:, j])\n            A[:, j] -= Q[:, k] * R[k, j]",
            "M=4 N=3",
        ),
        (
            "def f(path: int64[N, N]):\n    for k in range(N):\n        path[:] = np.minimum(path[:], np.add.outer(path[:, k], path[k, :]))",
            "path=0..20",
        ),
        (
            "def f(x: float64[N], maxiter: int64):\n    Z = np.zeros(N, dtype=np.complex128)\n    C = x + x * 1j\n    count = np.zeros(N, dtype=np.int64)\n    for n in range(maxiter):\n        I = np.less(np.abs(Z), 2.0)\n        count[I] = n\n        Z[I] = Z[I] ** 2 + C[I]\n    return Z, count",
            "maxiter=4",
        ),
        (
            "def f(r: float64[N], y: float64[N]):\n    alpha = -r[0]\n    beta = 1.0\n    y[0] = -r[0]\n    for k in range(1, N):\n        beta *= 1.0 - alpha * alpha\n        alpha = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / beta\n        y[:k] += alpha * np.flip(y[:k])\n        y[k] = alpha",
            "",
        ),
        (
            "def f(x: float64[N, H, W], w: float64[K, K]):\n    out = np.zeros((N, H - K + 1, W - K + 1))\n    for i in range(H - K + 1):\n        for j in range(W - K + 1):\n            out[:, i, j] = np.sum(x[:, i:i + K, j:j + K] * w, axis=(1, 2))\n    return out",
            "N=2 H=5 W=6 K=3",
        ),
        (
            "def f(Ar: int64[M], Ac: int64[K], Av: float64[K], x: float64[N]):\n    y = np.zeros(M - 1)\n    for i in range(M - 1):\n        cols = Ac[Ar[i]:Ar[i + 1]]\n        vals = Av[Ar[i]:Ar[i + 1]]\n        y[i] = vals @ x[cols]\n    return y",
            "M=4 K=6 N=5 Ar=0..6 Ac=0..5",
        ),
    ]);
}
