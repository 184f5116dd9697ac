//! Where order, aliasing, types that change, and edges of ranges matter, against NumPy.

use dace_oracle::oracle::agree;

#[test]
fn overlapping_stores() {
    agree(&[
        ("def f(A: float64[N]): A[1:] += A[:-1]", ""),
        ("def f(A: float64[N]): A[:-1] -= A[1:] * A[:-1]", ""),
        ("def f(A: float64[N, M]): A[:, 1:] = A[:, :-1] * 2", ""),
        ("def f(A: float64[N, N]): A[:] = A + A.T", ""),
        ("def f(A: float64[N, N]): A[:] = A[::-1, ::-1] - A", ""),
        ("def f(A: float64[N, N]): A[0] = A[:, 0]", ""),
        ("def f(A: float64[N, N]): A -= A[0]", ""),
        ("def f(A: float64[N, N]): A /= np.sum(A, axis=0)", ""),
        ("def f(A: float64[N, N]): A[:] = A * A[0, 0]", "N=3"),
        ("def f(A: float64[N]): A *= A[0]", "N=4"),
        ("def f(A: float64[N]): A[:] = A[0]", "N=4"),
        (
            "def f(A: float64[N]): A[:] = np.where(A > A[::-1], A, A[::-1])",
            "",
        ),
        ("def f(A: float64[N]): A[::2] = A[1::2]", "refused=D007"),
        (
            "def f(A: float64[2 * N]): A[::2], A[1::2] = A[1::2] + 1, A[::2] + 2",
            "",
        ),
        (
            "def f(A: float64[N], i: int64[N]): A[:] = A[i]",
            "i=0..5 N=5",
        ),
        ("def f(A: float64[N], i: int64[N]): A[i] = A", "i=0..5 N=5"),
        (
            "def f(A: float64[N], B: float64[N]):\n    v = A[1:]\n    v += B[1:]\n    A[0] = v[0]",
            "N=5",
        ),
        (
            "def f(A: float64[N, N]):\n    v = A.T\n    v[0] = 7\n    return v",
            "",
        ),
        (
            "def f(A: float64[N, M]):\n    v = A.reshape(N * M)\n    v[0] = 7\n    return v",
            "N=5 M=4",
        ),
        (
            "def f(A: float64[N, M]):\n    v = A.flatten()\n    v[0] = 7\n    return v",
            "N=5 M=4",
        ),
        (
            "def f(A: float64[N]):\n    v = A[::-1]\n    v[0] = 7\n    w = v[::2]\n    w += 1",
            "N=5",
        ),
        (
            "def f(A: float64[N]):\n    x = A[0]\n    A += x\n    return x",
            "N=5",
        ),
        (
            "def f(A: float64[N]):\n    B = A[1:3]\n    C = B * 2\n    A[:] = 0\n    return B, C",
            "N=5",
        ),
        (
            "def f(A: float64[N]):\n    B = np.array(A)\n    A[:] = 0\n    return B",
            "N=5",
        ),
        (
            "def f(A: float64[N]):\n    B = np.asarray(A)\n    A[:] = 0\n    return B",
            "N=5",
        ),
        (
            "def f(A: float64[N], B: float64[N]):\n    A, B = B, A\n    A[:] = 1",
            "N=5",
        ),
        (
            "def f(A: float64[N], B: float64[N]):\n    for t in range(3):\n        C = A + B\n        A[:] = B\n        B[:] = C",
            "N=5",
        ),
        (
            "def f(A: float64[N]):\n    B = A\n    for t in range(3):\n        B[t] = B[t + 1]\n    B = B * 2\n    return B",
            "N=5",
        ),
        (
            "def f(A: float64[N], B: float64[N]):\n    for t in range(2):\n        tmp = A.copy()\n        A[:] = B + tmp\n        B[:] = tmp",
            "N=5",
        ),
    ]);
}

#[test]
fn changing_types() {
    agree(&[
        (
            "def f(A: float64[N]):\n    x = 0\n    for i in range(N):\n        x = x + A[i]\n    return x",
            "N=5",
        ),
        (
            "def f(A: float32[N]):\n    x = 0.0\n    for i in range(N):\n        x += A[i]\n    return x",
            "N=5",
        ),
        (
            "def f(A: int32[N]):\n    x = 0\n    for i in range(N):\n        x += A[i]\n    return x",
            "N=5",
        ),
        (
            "def f(A: float32[N]):\n    x = A[0] * 2.5 + 1\n    A[0] = x\n    return x",
            "N=5",
        ),
        (
            "def f(A: float32[N]):\n    B = A * 2.0\n    C = B * np.float64(2.0)\n    return B, C",
            "N=5",
        ),
        (
            "def f(A: int64[N]):\n    B = A / 2\n    B = B + A\n    return B",
            "N=5",
        ),
        (
            "def f(x: int64):\n    y = x\n    if x > 2:\n        y = x * 2\n    else:\n        y = x * 3\n    return y",
            "",
        ),
        (
            "def f(x: float64):\n    return int(x), float(int(x)), bool(x)",
            "x=-2.75",
        ),
        (
            "def f(x: float64): return x // 0.3, x % 0.3, -x // 0.3, -x % 0.3",
            "x=1.7",
        ),
        (
            "def f(x: int64): return x // 3, x % 3, -x // 3, -x % 3, x // -3, x % -3",
            "x=7",
        ),
        (
            "def f(x: int64): return x ** 2, 2 ** x, x / 4, x * 1.0",
            "x=7",
        ),
        (
            "def f(x: int32, y: int64): return x + y, x * 2, x // 2, x / 2, -x",
            "x=7",
        ),
        (
            "def f(x: float32): return x + 1, x * 2.5, x ** 2, -x, abs(x)",
            "",
        ),
        (
            "def f(x: complex128): return x * 2, x.real, x.imag, abs(x), x.conjugate()",
            "",
        ),
        (
            "def f(x: bool, y: bool): return x + y, x and y, x or y, x & y, x ^ y",
            "",
        ),
        (
            "def f(A: uint8[N]): return -A, ~A, A << 1, A // 2, A % 3",
            "",
        ),
        (
            "def f(A: int8[N], B: int8[N]): return A * B, A ** 2, A // B, A % B",
            "A=-128..127 B=-3..4",
        ),
        ("def f(A: uint32[N], B: int32[N]): return A + B, A * B", ""),
        (
            "def f(A: int64[N], B: bool[N]): return A * B, A + B, A - B",
            "",
        ),
        (
            "def f(A: float64[N], B: bool[N]): return A * B, np.where(B, A, 1)",
            "",
        ),
        ("def f(A: float32[N], B: int32[N]): A[:] = B * 2", ""),
        ("def f(A: int32[N], B: float64[N]): A[:] = B * 2", ""),
        ("def f(A: bool[N], B: float64[N]): A[:] = B", ""),
        ("def f(A: complex64[N], B: float64[N]): A[:] = B", ""),
        (
            "def f(A: float32[N]): return np.sum(A * 2.5), np.mean(A), np.max(A), np.std(A)",
            "N=5",
        ),
        (
            "def f(A: int32[N]): return np.mean(A), np.max(A), np.prod(A), np.sum(A * A)",
            "N=5",
        ),
        ("def f(A: int32[N], B: int32[N]): return A @ B", ""),
        (
            "def f(A: float32[N]): return np.zeros(3, dtype=np.float32) + 1, np.arange(3) * A[0]",
            "N=5",
        ),
        (
            "def f(A: float32[N]): return np.array([1.0, 2.0]) * A[0]",
            "N=5",
        ),
        (
            "def f(A: float32[N]): return np.power(A, 2), np.maximum(A, 0), np.minimum(A, 0.5), np.clip(A, 0, 1)",
            "",
        ),
        (
            "def f(A: float32[N], x: float64): return np.maximum(A, x), np.where(A > x, A, x)",
            "",
        ),
        (
            "def f(A: float64[N]): return np.float32(A[0]) * 2, np.int32(A[1]) + 1",
            "N=5",
        ),
        (
            "def f(A: float64[N]): return A.astype(int), A.astype(bool), A.astype(np.complex64)",
            "",
        ),
    ]);
}

#[test]
fn variables_across_control_flow() {
    agree(&[
        (
            "def f(A: float64[N]):\n    B = np.zeros_like(A)\n    for i in range(N):\n        if A[i] > 0:\n            B = B + A\n        else:\n            B = B - A\n    return B",
            "",
        ),
        (
            "def f(A: float64[N], k: int64):\n    B = A\n    if k > 2:\n        B = A * 2\n    B[0] = 1\n    return B",
            "N=5 k=3",
        ),
        (
            "def f(A: float64[N], k: int64):\n    x = 1.0\n    for i in range(k):\n        y = x * 2\n        x = y + 1\n        if x > 20:\n            break\n    return x",
            "k=9",
        ),
        (
            "def f(A: float64[N], k: int64):\n    for i in range(k):\n        for j in range(k):\n            if j == 2:\n                continue\n            if i + j > 4:\n                break\n            A[j] += i",
            "N=5 k=5",
        ),
        (
            "def f(A: float64[N], k: int64):\n    i = 0\n    while i < N:\n        A[i] = i\n        i += k",
            "k=2",
        ),
        (
            "def f(A: int64[N]):\n    i = 0\n    while i < N:\n        i = A[i]\n    return i",
            "A=5..9 N=5",
        ),
        (
            "def f(n: int64):\n    s = 0\n    i = n\n    while i > 0:\n        s += i % 10\n        i //= 10\n    return s",
            "n=12345",
        ),
        (
            "def f(A: float64[N]):\n    best = A[0]\n    where = 0\n    for i in range(1, N):\n        if A[i] > best:\n            best = A[i]\n            where = i\n    return best, where",
            "N=5",
        ),
        (
            "def f(A: int64[N]):\n    n = 0\n    for i in range(N):\n        if A[i] > 0:\n            A[n] = A[i]\n            n += 1\n    return n",
            "N=5",
        ),
        (
            "def f(A: float64[N], n: int64):\n    n = n - 1\n    n = n * 2\n    return A[n]",
            "N=5 n=2",
        ),
        (
            "def f(A: float64[N], n: int64):\n    for i in range(n):\n        n = n - 1\n        A[i] = n",
            "N=5 n=4",
        ),
        (
            "def f(A: float64[N]):\n    for i in range(N):\n        for j in range(i, N, 2):\n            A[j] += A[i] * j\n    return A[N - 1]",
            "N=5",
        ),
        (
            "def f(A: float64[N]):\n    def g(x):\n        y = x * 2\n        return y\n    y = 5.0\n    z = g(A)\n    return z + y",
            "",
        ),
        (
            "def f(A: float64[N], k: int64):\n    if k > 2:\n        return A[0]\n    for i in range(N):\n        if A[i] > 0:\n            return A[i]\n    return -1.0",
            "N=5 k=2",
        ),
        (
            "def f(A: float64[N], k: int64):\n    B = A[k:]\n    C = A[:k]\n    return np.sum(B) - np.sum(C)",
            "k=2",
        ),
        (
            "def f(A: float64[N], idx: int64[3]):\n    n = idx[0]\n    B = np.zeros(n)\n    for i in range(n):\n        B[i] = A[i % N]\n    return B",
            "idx=2..6",
        ),
        (
            "def f(A: float64[N], idx: int64[3]):\n    n = idx[0]\n    idx[0] = 0\n    return A[:n] * n",
            "idx=2..4",
        ),
        (
            "def f(A: float64[N]):\n    total = 0.0\n    for i in range(N):\n        row = A * i\n        total += np.sum(row[i:])\n    return total",
            "",
        ),
        (
            "def f(A: float64[N, N]):\n    for i in range(N):\n        A[i, i:] = A[i, i:] / A[i, i]\n        A[i + 1:, i] = 0",
            "",
        ),
        (
            "def f(A: float64[N, N]):\n    for i in range(N):\n        A[i, :i] = A[:i, i]\n        A[i, i] = np.sum(A[i, :i])",
            "",
        ),
    ]);
}

#[test]
fn ranges() {
    agree(&[
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b:-1]",
            "a=-1 b=-9",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b:-1]",
            "a=-1 b=0",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b:-1]",
            "a=9 b=-9",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b:-1]",
            "a=-9 b=-9",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b:-2]",
            "a=-1 b=-3",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b:-1]",
            "a=4 b=-1",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b:-1]",
            "a=0 b=-9",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b:3]",
            "a=-5 b=9",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b]",
            "a=-3 b=-1",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b]",
            "a=3 b=1",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b]",
            "a=-9 b=9",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b:2]",
            "a=-4 b=9",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b:-1]",
            "a=4 b=0",
        ),
        (
            "def f(A: float64[N], a: int64, b: int64): return A[a:b:-2]",
            "a=9 b=-9",
        ),
        ("def f(A: float64[N], a: int64): A[a:] = 1", "a=-2"),
        (
            "def f(A: float64[N], a: int64): A[a:a + 2] += A[:2]",
            "N=5 a=2",
        ),
        (
            "def f(A: float64[N], a: int64): A[a:a + 2] += A[:2]",
            "N=5 a=4 raises",
        ),
        ("def f(A: float64[N, M], a: int64): A[a] = A[-a]", "a=1"),
        ("def f(A: float64[N]): return A[N // 2:], A[:N // 2]", ""),
        ("def f(A: float64[N]): return A[N - 1::-1]", ""),
        ("def f(A: float64[2 * N]): return A[::2] + A[1::2]", ""),
        ("def f(A: float64[2 * N]): return A[:N] * A[N:]", ""),
        (
            "def f(A: float64[N + 1], B: float64[N]): return A[1:] - A[:-1] + B",
            "",
        ),
        (
            "def f(A: float64[N, M]): return A[1:, :-1] + A[:-1, 1:]",
            "",
        ),
        (
            "def f(A: float64[N, M, K]): return A[:, 1:-1, ::2][1:, ::-1]",
            "",
        ),
        ("def f(A: float64[N]): return A[None, :, None]", ""),
        (
            "def f(A: float64[N, M]): return A[:, :, None] * A[:, None, :]",
            "",
        ),
        ("def f(A: float64[N, M]): return A[:, [0, 2]]", "M=4"),
        (
            "def f(n: int64):\n    A = np.zeros(n)\n    for i in range(n - 1, 0, -2):\n        A[i] = i\n    return A",
            "n=6",
        ),
        (
            "def f(A: float64[N]): return np.arange(N, 0, -2), np.arange(1, N), np.linspace(0, N, N + 1)",
            "",
        ),
    ]);
}
