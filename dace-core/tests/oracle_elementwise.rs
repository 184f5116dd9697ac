//! Elementwise operations, promotion and broadcasting, against NumPy.

use dace_oracle::oracle::agree;

#[test]
fn arithmetic() {
    agree(&[
        (
            "def f(A: float64[N], B: float64[N]): return A + B * 2 - A / B",
            "",
        ),
        ("def f(A: int64[N], B: int64[N]): return A // B + A % B", ""),
        (
            "def f(A: float64[N], B: float64[N]): return A // B + A % B",
            "",
        ),
        ("def f(A: int64[N], B: int64[N]): return A / B", "B=1..5"),
        (
            "def f(A: float64[N]): return A ** 2 + A ** 3 - A ** 0.5",
            "",
        ),
        ("def f(A: int64[N]): return A ** 2", ""),
        ("def f(A: int64[N], B: int64[N]): return A ** B", "B=0..5"),
        (
            "def f(A: int64[N], B: int64[N]): return A ** B",
            "B=-3..0 raises",
        ),
        ("def f(A: int64[N]): return 2 ** A", "A=0..9"),
        ("def f(A: float64[N]): return 2 ** A", ""),
        ("def f(A: float64[N], k: int64): return A ** k", "k=3"),
        ("def f(A: float64[N], k: int64): return A ** k", "k=-2"),
        ("def f(A: float64[N]): return -A + (+A)", ""),
        ("def f(A: int64[N]): return ~A", ""),
        ("def f(A: bool[N]): return ~A", ""),
        (
            "def f(A: int64[N], B: int64[N]): return (A & B) | (A ^ B)",
            "",
        ),
        (
            "def f(A: bool[N], B: bool[N]): return (A & B) | (A ^ B)",
            "",
        ),
        ("def f(A: int64[N]): return (A << 2) + (A >> 1)", ""),
        (
            "def f(A: int32[N], B: int32[N]): return A << B",
            "A=0..99 B=0..40",
        ),
        ("def f(A: uint8[N], B: uint8[N]): return A - B", ""),
        ("def f(A: uint8[N]): return A + 200", ""),
        ("def f(A: int8[N]): return A * 100", ""),
        (
            "def f(A: complex128[N], B: complex128[N]): return A * B / (A - B)",
            "",
        ),
        (
            "def f(A: complex128[N]): return A ** 2 + A.real - A.imag * 1j",
            "",
        ),
        (
            "def f(A: complex64[N], B: float32[N]): return A * B + 2",
            "",
        ),
        ("def f(A: bool[N], B: bool[N]): return A + B", ""),
        ("def f(A: bool[N], B: bool[N]): return A * B", ""),
        ("def f(A: bool[N]): return A + 1", ""),
        ("def f(A: bool[N]): return A * 2.5", ""),
    ]);
}

#[test]
fn promotion() {
    agree(&[
        ("def f(A: float32[N], x: float64): return A * x", ""),
        ("def f(A: float32[N]): return A * 2.5", ""),
        ("def f(A: float32[N]): return A * 2", ""),
        ("def f(A: int32[N]): return A * 2.5", ""),
        ("def f(A: int32[N], B: float32[N]): return A + B", ""),
        ("def f(A: int64[N], B: float32[N]): return A + B", ""),
        ("def f(A: int8[N], B: uint8[N]): return A + B", ""),
        ("def f(A: int64[N], B: uint64[N]): return A + B", ""),
        ("def f(A: int16[N], B: float32[N]): return A * B", ""),
        ("def f(A: float32[N], B: complex64[N]): return A * B", ""),
        ("def f(A: float64[N], B: complex64[N]): return A * B", ""),
        ("def f(A: int32[N], k: int64): return A + k", ""),
        ("def f(A: int32[N], k: int32): return A + k", ""),
        ("def f(A: float32[N], k: int64): return A + k", ""),
        ("def f(A: int32[N]): return A / 2", ""),
        ("def f(A: int32[N], B: int32[N]): return A / B", "B=1..4"),
        ("def f(A: int8[N], B: int8[N]): return A / B", "B=1..4"),
        ("def f(A: int32[N]): return np.sqrt(np.abs(A))", ""),
        (
            "def f(A: int8[N]): return np.sqrt(np.abs(A))",
            "refused=D006",
        ),
        ("def f(A: int32[N]): return np.sin(A)", ""),
        ("def f(A: float32[N]): return np.exp(A)", ""),
        ("def f(A: int64[N]): return A.astype(np.float32) / 3", ""),
        ("def f(A: float64[N]): return A.astype(np.int32)", ""),
        ("def f(A: float64[N]): return (A > 0).astype(np.int64)", ""),
        ("def f(A: complex128[N]): return A.astype(np.complex64)", ""),
        (
            "def f(A: float32[N], B: float32[N]): return np.maximum(A, B) * 1.5",
            "",
        ),
        ("def f(x: float32, y: float32): return x * y + 1.5", ""),
        ("def f(x: int32, y: int64): return x * y", ""),
        ("def f(x: int64): return x / 2", ""),
        ("def f(x: int64): return x // 2 + x % 3", "x=-7"),
    ]);
}

#[test]
fn comparisons() {
    agree(&[
        ("def f(A: float64[N], B: float64[N]): return A < B", ""),
        (
            "def f(A: int64[N], B: int64[N]): return (A == B) | (A != 2)",
            "",
        ),
        ("def f(A: float64[N]): return (A > 0) & (A <= 1)", ""),
        (
            "def f(A: complex128[N], B: complex128[N]): return A < B",
            "",
        ),
        (
            "def f(A: float64[N]): return np.logical_and(A > 0, A < 1)",
            "",
        ),
        ("def f(A: float64[N]): return np.logical_not(A > 0)", ""),
        (
            "def f(A: float64[N], B: float64[N]): return np.logical_or(A, B)",
            "",
        ),
        ("def f(A: uint8[N], B: int8[N]): return A > B", ""),
        ("def f(A: int64[N], B: float64[N]): return A > B", ""),
        ("def f(A: int64[N]): return A > 1.5", ""),
        ("def f(A: uint8[N]): return A > -1, -1 > A, A == -1", ""),
        ("def f(A: uint8[N]): return A < 300, 300 <= A, A != 300", ""),
    ]);
}

#[test]
fn functions() {
    agree(&[
        (
            "def f(A: float64[N]): return np.sin(A) + np.cos(A) * np.tan(A)",
            "",
        ),
        (
            "def f(A: float64[N]): return np.exp(A) + np.log(np.abs(A)) + np.sqrt(np.abs(A))",
            "",
        ),
        (
            "def f(A: float64[N]): return np.arcsin(A / 2) + np.arccos(A / 2) + np.arctan(A)",
            "",
        ),
        (
            "def f(A: float64[N]): return np.sinh(A) + np.cosh(A) + np.tanh(A)",
            "",
        ),
        (
            "def f(A: float64[N]): return np.arcsinh(A) + np.arccosh(3 + A) + np.arctanh(A / 3)",
            "",
        ),
        (
            "def f(A: float64[N]): return np.exp2(A) + np.expm1(A) + np.log1p(A * A) + np.log2(A * A) + np.log10(A * A) + np.cbrt(A)",
            "",
        ),
        (
            "def f(A: float64[N]): return np.floor(A) + 10 * np.ceil(A) + 100 * np.trunc(A) + 1000 * np.rint(A)",
            "",
        ),
        ("def f(A: float64[N]): return np.sign(A)", ""),
        (
            "def f(A: int64[N]): return np.sign(A) + np.abs(A) + abs(A)",
            "",
        ),
        (
            "def f(A: int64[N]): return np.square(A) + np.negative(A)",
            "",
        ),
        (
            "def f(A: float64[N]): return np.reciprocal(A) + np.positive(A) + np.fabs(A)",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[N]): return np.minimum(A, B) + np.maximum(A, 0.5)",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[N]): return np.fmin(A, B) + np.fmax(A, B)",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[N]): return np.arctan2(A, B) + np.hypot(A, B) + np.copysign(A, B)",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[N]): return np.fmod(A, B) + np.mod(A, B) + np.floor_divide(A, B)",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[N]): return np.power(np.abs(A), B) + np.add(A, B) - np.subtract(A, B) + np.multiply(A, B)",
            "",
        ),
        (
            "def f(A: complex128[N]): return np.abs(A) + np.real(A) + np.imag(A)",
            "",
        ),
        (
            "def f(A: complex128[N]): return np.conj(A) + np.exp(A) * np.sqrt(A)",
            "",
        ),
        ("def f(A: complex128[N]): return np.angle(A)", ""),
        ("def f(A: float64[N]): return np.where(A > 0, A, 0)", ""),
        (
            "def f(A: float64[N], B: float32[N]): return np.where(A > B, A, B)",
            "",
        ),
        ("def f(A: float32[N]): return np.where(A > 0, A, 0)", ""),
        ("def f(A: float64[N]): return np.clip(A, -1, 1)", ""),
        ("def f(A: int64[N]): return np.clip(A, 0, 3)", ""),
        (
            "def f(A: float64[N]): return np.isnan(A / A * 0) | np.isinf(A) | np.isfinite(A)",
            "",
        ),
        ("def f(A: float64[N]): return np.round(A)", ""),
        ("def f(A: float64[N]): return np.round(A, 2)", ""),
        (
            "def f(A: float64[N]): return np.deg2rad(A) + np.rad2deg(A)",
            "",
        ),
        (
            "def f(x: float64): return math.sqrt(x * x) + math.exp(x) + abs(x)",
            "",
        ),
        (
            "def f(x: float64, y: float64): return max(x, y) - min(x, y, 1.0)",
            "",
        ),
        (
            "def f(x: int64, y: int64): return max(x, y) - min(x, y)",
            "x=-3",
        ),
        ("def f(x: float64): return int(x) + round(x)", "x=2.5"),
        ("def f(x: float64): return x if x > 0 else -x", ""),
        (
            "def f(x: float64, y: float64): return x and y",
            "refused=D006",
        ),
        ("def f(x: float64, y: float64): return not (x > y)", ""),
        ("def f(x: int64): return 0 < x <= 3", ""),
        (
            "def f(x: int64, y: float64): return x > 2 and y < 5 or x == 0",
            "",
        ),
        (
            "def f(x: int64, y: float64): return 1.0 if x and y else 2.0",
            "",
        ),
        ("def f(A: float64[N]): return not N", ""),
    ]);
}

#[test]
fn broadcasting() {
    agree(&[
        ("def f(A: float64[N, M], b: float64[M]): return A + b", ""),
        (
            "def f(A: float64[N, M], b: float64[N, 1]): return A * b",
            "",
        ),
        (
            "def f(a: float64[N], b: float64[M]): return a[:, None] * b[None, :]",
            "",
        ),
        (
            "def f(a: float64[N], b: float64[M]): return a[:, np.newaxis] + b",
            "",
        ),
        (
            "def f(A: float64[N, M], b: float64[K, 1, M]): return A - b",
            "",
        ),
        ("def f(A: float64[N, M], x: float64): A[:] = x", ""),
        ("def f(A: float64[N, M], b: float64[M]): A[:] = b", ""),
        ("def f(A: float64[N, M], b: float64[M]): A += b", ""),
        (
            "def f(A: float64[N, M], b: float64[N]): A -= b[:, None]",
            "",
        ),
        (
            "def f(A: float64[N, M], b: float64[K]): return A + b",
            "refused=D007",
        ),
        (
            "def f(A: float64[1, M], b: float64[N, 1]): return A + b",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[M]): return A + B",
            "refused=D007",
        ),
        ("def f(A: float64[N]): return A + 1", "N=0"),
    ]);
}

#[test]
fn python_integers_that_do_not_fit() {
    agree(&[
        // Known when the program is compiled.
        ("def f(A: uint8[N]): return A + -1", "refused=D018"),
        ("def f(A: uint8[N]): A[:] = ~0", "refused=D018"),
        ("def f(A: uint8[N]): A[:] = 1 << 8", "refused=D018"),
        ("def f(A: int8[N]): return A * 200", "refused=D018"),
        ("def f(A: int8[N]): return A / 200", ""),
        ("def f(A: uint8[N]): return np.clip(A, -1, 300)", ""),
        (
            "def f(A: uint8[N]): return np.clip(A, -7, -1)",
            "refused=D018",
        ),
        (
            "def f(A: uint8[N]): return np.where(A > 5, A, -1), np.where(A > 5, 300, A)",
            "",
        ),
        (
            "def f(A: uint8[N]): return np.full(3, 300, np.uint8)",
            "refused=D018",
        ),
        ("def f(A: uint8[N]): return np.uint8(-1)", "refused=D018"),
        // Known when it runs.
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    return A + i",
            "k=255",
        ),
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    return A + i",
            "k=-1 raises",
        ),
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    return A + i",
            "k=256 raises",
        ),
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    A[:] = i",
            "k=-1 raises",
        ),
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    A[0] = i",
            "k=300 raises N=3",
        ),
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    A[A > 250] = i",
            "k=300 raises",
        ),
        (
            "def f(A: uint8[N], I: int64[M], k: int64):\n    i = int(k)\n    A[I] = i",
            "k=300 raises N=3 I=0..3",
        ),
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    return np.minimum(A, i)",
            "k=-1 raises",
        ),
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    return np.clip(A, i, None), np.clip(A, i, 9)",
            "k=-1",
        ),
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    return np.where(A > 5, A, i)",
            "k=-1",
        ),
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    return A < i, i < A, A >= i, A == i, A != i",
            "k=-1",
        ),
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    return A < i, i < A, A >= i, A == i, A != i",
            "k=300",
        ),
        (
            "def f(A: uint64[N], k: int64):\n    i = int(k)\n    return A < i, i < A, A >= i, A == i, A != i",
            "k=-1",
        ),
        (
            "def f(A: uint64[N], k: int64):\n    i = int(k)\n    return A < i, i < A, A >= i, A == i, A != i",
            "k=4",
        ),
        (
            "def f(A: uint64[N]): return A < -1, A > -1, -1 == A, -1 != A, -1 <= A",
            "",
        ),
        (
            "def f(A: uint8[N]):\n    for i in range(-1, 3):\n        A[:] = A + (i + 1)",
            "",
        ),
        (
            "def f(A: uint8[N]):\n    for i in range(3, -2, -1):\n        A[:] = A + i",
            "raises",
        ),
        (
            "def f(A: uint8[N]):\n    for i in range(N):\n        A[i] = i",
            "N=256",
        ),
        (
            "def f(A: uint8[N]):\n    for i in range(N):\n        A[i] = i",
            "N=257 raises",
        ),
        // Where it is not evaluated, it is no error.
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    x = A[0] if i < 0 else A[1] + i\n    return x",
            "k=-1 N=3",
        ),
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    if i >= 0:\n        A += i",
            "k=-1",
        ),
        (
            "def f(A: uint8[N], k: int64):\n    i = int(k)\n    return max(A[0], i), min(i + 256, A[0])",
            "k=-1 N=3",
        ),
        (
            "def f(A: int32[N], k: int64):\n    i = int(k) * 2147483647\n    return A + i",
            "k=1",
        ),
        (
            "def f(A: int32[N], k: int64):\n    i = int(k) * 2147483647\n    return A - i",
            "k=2 raises",
        ),
    ]);
}
