//! Values whose type NumPy finds by the way that the program takes: the same result, or refused.

use dace_oracle::oracle::agree;

#[test]
fn one_type_whatever_the_way() {
    agree(&[
        (
            "def f(A: float64[N], c: bool):\n    x = A[0] if c else 0\n    return x * 2.5, x + A, x > 0, -A * x\n",
            "N=3",
        ),
        (
            "def f(A: float64[N], c: bool):\n    x = A[0] if c else 0.0\n    return x * A[1] + 1\n",
            "N=3",
        ),
        (
            "def f(A: float32[N], B: float32[N], c: bool):\n    B[:] = A if c else 2 * A\n    return max(A[0], 0) * B\n",
            "N=3",
        ),
        (
            "def f(A: int64[N], c: bool):\n    x = A[0] if c else 3\n    return x * 2, x // 2, x ** 2, x * A[1], np.sqrt(x)\n",
            "N=3",
        ),
        (
            "def f(A: uint8[N], C: float64[N], B: float64[N], c: bool):\n    B[0] = C[0] if c else A[0]\n    x = C[1] if c else A[1]\n    B[1] = x\n    B[2] = np.float64(x) * A[2]\n",
            "N=3 A=200..256",
        ),
        (
            "def f(A: uint8[N], C: float64[N], c: bool):\n    x = C[0] if c else A[0]\n    return x * C[1], x + 0.5 > 1.0, np.float32(x), int(x), bool(x), x < 100\n",
            "N=3 A=0..256",
        ),
        (
            "def f(A: float64[N]):\n    total = 0\n    for i in range(N):\n        total += A[i]\n    return total / 2, total * 2, total - 1, abs(total)\n",
            "N=4",
        ),
        (
            "def f(A: float64[N]):\n    total = 0\n    for i in range(N):\n        if A[i] > 0:\n            total = total + A[i]\n    return total * 0.5\n",
            "N=6",
        ),
        (
            "def f(A: uint8[N, M]):\n    B = np.zeros_like(A)\n    for i in range(N):\n        count = 0\n        for j in range(M):\n            count += A[i, j]\n        if count == 3 or count == 2:\n            B[i, 0] = count\n    return B\n",
            "A=0..3 N=5 M=3",
        ),
        (
            "def f(A: float64[N], n: int64):\n    best = 0\n    for i in range(N):\n        best = max(best, A[i])\n    return best + 0.5, min(A[0], n) + A[1]\n",
            "N=4",
        ),
        (
            "def f(A: int32[N], c: bool):\n    if c:\n        x = A[0]\n    else:\n        x = 1\n    return x + A[1]\n",
            "N=3",
        ),
        (
            "def f(A: int16[N], c: bool):\n    if c:\n        x = A[0]\n    else:\n        x = 2\n    A[0] = x\n    A[x % 2] = 3\n    return A[x % 2:]\n",
            "N=3",
        ),
        (
            "def f(c: bool, A: float64[N]):\n    sign = 1 if c else -1\n    h = 1 if c else 0.5\n    return sign * A, h * A, h * 2.0, A[sign]\n",
            "N=3",
        ),
        (
            "def f(A: float64[N], c: bool):\n    def g(x, c):\n        if c:\n            return x\n        return 0\n    return g(A[0], c) * A[1]\n",
            "N=3",
        ),
        (
            "def f(x: uint8[N], poly: int64):\n    crc = 0xFFFF\n    for b in x:\n        cur = 0xFF & b\n        for _ in range(8):\n            if (crc & 1) ^ (cur & 1):\n                crc = (crc >> 1) ^ poly\n            else:\n                crc >>= 1\n            cur >>= 1\n    return crc & 0xFFFF\n",
            "x=0..256 poly=33800",
        ),
        (
            "def f(x: uint8[N]):\n    crc = 0\n    for byte in x:\n        crc ^= byte\n        for _ in range(8):\n            if crc & 0x80:\n                crc = ((crc << 1) ^ 0x07) & 0xFF\n            else:\n                crc <<= 1\n    return crc\n",
            "x=0..256 N=6",
        ),
        (
            "def f(A: float64[N]):\n    x = A[0]\n    for i in range(N):\n        x = x * 0.5\n        y = 0 if x > 1 else x\n        A[i] = y\n    return np.where(A > 0, A, 0)\n",
            "N=4",
        ),
    ]);
}

#[test]
fn another_type_on_another_way_is_refused() {
    agree(&[
        (
            "def f(A: uint8[N], C: float64[N]):\n    return (C[0] if C[0] > 1.0 else A[0]) * A[1]\n",
            "refused=D006",
        ),
        (
            "def f(A: uint8[N], C: float64[N]):\n    return C[0] if C[0] > 1.0 else A[0]\n",
            "refused=D006",
        ),
        (
            "def f(A: uint8[N], C: float64[N]):\n    return max(C[0], A[0]) * A[1]\n",
            "refused=D006",
        ),
        (
            "def f(A: uint8[N], C: float64[N]):\n    return min((A[0], 7, C[0])) + A[1]\n",
            "refused=D006",
        ),
        (
            "def f(A: uint8[N], C: float64[N]):\n    if C[0] > 1:\n        x = C[0]\n    else:\n        x = A[0]\n    return x * A[1]\n",
            "refused=D006",
        ),
        (
            "def f(A: uint8[N], C: float64[N]):\n    x = C[0]\n    if C[0] > 1:\n        x = A[0]\n    return x * A[1]\n",
            "refused=D006",
        ),
        (
            "def f(A: uint8[N], C: float64[N]):\n    x = A[0]\n    for i in range(N):\n        x = C[i]\n    return x * A[1]\n",
            "refused=D006",
        ),
        (
            "def f(A: uint8[N], C: float64[N]):\n    x = A[0]\n    while x < 100:\n        x = x * 1.5\n    return x * A[1]\n",
            "refused=D006",
        ),
        (
            "def f(A: uint8[N], c: bool):\n    x = 1 if c else 0.5\n    return x * A\n",
            "refused=D006",
        ),
        (
            "def f(A: float32[N], C: float64[N], c: bool):\n    x = C[0] if c else 0.0\n    return x * A\n",
            "refused=D006",
        ),
        (
            "def f(A: float32[N], x: float64, c: bool):\n    y = max(x, 0)\n    return y * A\n",
            "refused=D006",
        ),
        (
            "def f(A: int64[N], C: float64[N], B: float32[N], c: bool):\n    B[0] = C[0] if c else A[0]\n",
            "refused=D006",
        ),
        (
            "def f(A: int64[N], C: float64[N], B: int64[N], c: bool):\n    B[0] = C[0] if c else A[0]\n",
            "refused=D006",
        ),
        (
            "def f(A: int64[N], C: float64[N], c: bool):\n    x = C[0] if c else A[0]\n    return x > A[1]\n",
            "refused=D006",
        ),
        (
            "def f(A: float32[N], x: float64, c: bool):\n    y = x if c else A[0]\n    return y < 0.1\n",
            "refused=D006",
        ),
        (
            "def f(A: uint8[N], B: int8[N], c: bool):\n    x = B[0] if c else A[0]\n    return -x\n",
            "refused=D006",
        ),
        (
            "def f(A: bool[N], B: int8[N], c: bool):\n    x = B[0] if c else A[0]\n    return x + x\n",
            "refused=D006",
        ),
        (
            "def f(A: complex64[N], c: bool, B: float64[N]):\n    x = A[0] if c else B[0]\n    return x\n",
            "refused=D006",
        ),
        (
            "def f(A: float32[N], C: float64[N], c: bool):\n    x = C if c else A\n    return x\n",
            "refused=D006",
        ),
        (
            "def f(A: float32[N], C: float64[N], c: bool):\n    x = C[0] if c else A[0]\n    return np.array([x, x])\n",
            "refused=D006",
        ),
        (
            "def f(A: float32[N], C: float64[N], c: bool):\n    x = C[0] if c else A[0]\n    return np.full(N, x)\n",
            "refused=D006",
        ),
        (
            "def f(A: float32[N], C: float64[N], c: bool):\n    x = C[0] if c else A[0]\n    return np.where(A > 0, x, A)\n",
            "refused=D006",
        ),
        (
            "def f(A: float32[N], C: float64[N], c: bool):\n    x = C[0] if c else A[0]\n    return np.sqrt(x)\n",
            "refused=D006",
        ),
        (
            "def f(A: uint8[N], C: float64[N], c: bool):\n    def g(c):\n        if c:\n            return C[0]\n        return A[0]\n    return g(c) * A[1]\n",
            "refused=D006",
        ),
        (
            "def f(A: uint8[N], c: bool):\n    if c:\n        return A[0]\n    return 0.5\n",
            "refused=D006",
        ),
    ]);
}
