#:
def swapped_rows(A: float64[N, M]):
    A[0], A[-1] = A[-1].copy(), A[0].copy()

#:
def swapped_views(A: float64[N, M]):
    A[0], A[-1] = A[-1], A[0]

#:
def swapped_elements(x: float64[N], y: int64[N]):
    x[0], x[-1] = x[-1], x[0]
    y[0], y[1 % N] = y[1 % N] + 1, y[0] - 1

#:
def rebinding_is_not_writing(A: float64[N]):
    B = A
    B = B + 1
    B[0] = 9
    C = A
    C += 1
    return B

#:
def assigned_before_use(A: float64[N], n: int64):
    x = 0
    for i in range(N):
        x = x + i
        i = i * 2
        A[i % N] += x
    return x

#: n=3
def bounds_are_evaluated_once(A: float64[N], n: int64):
    count = 0
    for i in range(n):
        n = n + 5
        count += 1
    return n, count

#:
def array_changed_while_iterated(A: float64[N]):
    total = 0.0
    for a in A:
        total += a
        A[N - 1] = total
    return total

#:
def rows_are_views(A: float64[N, M]):
    for row in A:
        row *= 2
        row[0] = 1

#:
def closures(A: float64[N]):
    factor = 2.0
    def scaled(x):
        return factor * x
    a = scaled(A[0])
    factor = 3.0
    b = scaled(A[0])
    return a, b

#:
def defaults(A: float64[N]):
    def power(x, n=2, offset=0.5):
        return x**n + offset
    return power(A), power(A, 3), power(A, offset=0), power(n=1, x=A)

#:
def lambdas(A: float64[N], x: float64):
    f = lambda t: t * x + 1
    g = lambda a, b: f(a) - f(b)
    return g(A, x), f(2)

#: x=3 y=0
def short_circuits(x: int64, y: int64, A: float64[N]):
    a = y != 0 and x // y > 1
    b = y == 0 or x % y == 0
    c = 0
    if N > 100 and A[100] > 0:
        c = 1
    return a, b, not a, c

#: x=-3 y=5 raises=perhaps
def chains(x: int64, y: int64, z: float64):
    return x < y < 10, x == -3 != y, 0 < y > x, -5 <= x < z < 100, x < y > 3 < z + 100

#: k=9
def chain_decides_early(A: float64[N], k: int64):
    n = 0
    if 3 < len(A) - 9 <= A[k]:
        n = 1
    while 0 <= n - 2 < A[k] < A[k + 1]:
        n += 1
    t = k < 5 < A[k] < 7
    return n, t, 1 < k < 20

#: k=9 raises
def chain_goes_on(A: float64[N], k: int64):
    return 3 < k <= A[k]

#:
def chain_stops(A: float64[N], i: int64):
    found = 0
    for k in range(-2, N + 3):
        if 0 <= k < N and A[k] > 0:
            found += 1
    return found

#: a=120 b=100
def small_integers(a: int8, b: int8, c: uint8[N], d: int16[N]):
    return a + b, a * 2, c * 2, c + c, d * d * d * d, c - 1, -c, np.abs(d), ~c, c // 2, c / 2, c % 7, a - b

#: x=-7.5
def conversions(x: float64, A: float64[N], b: bool):
    return int(x), int(-x), round(x), round(2.5), round(3.5), float(b), int(b), bool(x), abs(x), A.astype(np.int8).astype(np.float32), int(7.9) // 2

#: x=-7 y=2
def number_functions(x: int64, y: int64, u: float64, v: float64):
    a, b = divmod(x, y)
    c, d = divmod(x, -y)
    e, f = divmod(u, 0.75)
    return a, b, c, d, e, f, pow(x, 2), min(x, y, 0), max(u, v), max(1, 2.5), abs(-3 + 4j), sum([x, y, 1])

#: x=5
def numpy_scalars(x: int32, f: float32, A: float64[N]):
    a = np.float32(1.5) * 2.25
    b = np.int8(100) // np.int8(7)
    c = x / 2
    d = f * 2.5
    e = np.float64(f) + f
    g = x * np.int64(3)
    h = f * A[0]
    return a, b, c, d, e, g, h, x**2, f**2, x // 2, -x // 2, x % 3

#: a=3 b=-3
def unsigned_and_signed(a: uint64, b: int64, c: uint32[N], d: int32[N]):
    return a > b, a + 1, c > d, c + d, c * 2, c - 5, d < 4294967296, c == d, a // 2

#:
def comparisons_of_arrays(A: float64[N], B: int64[N]):
    m = (A > 0) == (B > 0)
    return m, A >= B, (A < B) | (A == 0), ~(A < B), np.any(A > B) and np.all(B < 100), (A > 0) & True, (A > 0).sum(), (A > 0) * 2.5, (A > 0) + (B > 0)

#:
def none_and_ellipsis(A: float64[N, M]):
    x = A[None]
    y = A[:, None, :]
    z = A[..., None, 0]
    A[..., 0] = A[..., -1]
    return x, y, z

#:
def steps(A: float64[N]):
    A[::2] = A[::2][::-1]
    A[-1::-2] += 1
    return A[1:-1:2], A[-2::-1], A[:0:-1], A[10:], A[-100:100], A[3:1], A[N // 2:], A[:N // 2]

#:
def overlaps(A: float64[N]):
    A[1:] = A[:-1] + A[1:]
    A[:-1] += A[1:]
    A[:] = A[::-1] - A
    A[1:] = A[:-1]

#:
def overlaps_in_matrices(A: float64[N, N]):
    A[:] = A.T
    A += A.T
    A[1:, :] -= A[:-1, :]
    A[:, 0] = A[0, :]
    A[...] = A @ A

#:
def broadcasting_stores(A: float64[N, M], b: float64[M], c: float64[N]):
    A[:] = b
    A += c[:, None]
    A[:, :] = A * 2 + b
    A[0] = 3
    A[:, 0] = c
    A[1:, 1:] = 0

#:
def scalars_of_arrays(A: float64[N, M]):
    x = A[0, 0]
    A[0, 0] = 100
    y = A[0]
    A[0, -1] = 50
    return x, y

#:
def copies(A: float64[N]):
    B = A.copy()
    C = np.copy(A)
    D = np.array(A)
    E = A[:]
    F = A + 0
    A[:] = 0
    return B, C, D, E, F

#: n=0
def loops_that_do_not_run(A: float64[N], n: int64):
    x = 1.5
    for i in range(n):
        x = 2.5
    for i in range(5, 2):
        x = 3.5
    while x > 100:
        x = 0.0
    return x

#: n=20
def nested_breaks(n: int64):
    pairs = 0
    for i in range(2, n):
        for j in range(2, n):
            if j * j > i:
                pairs += 1
                break
            if i % j == 0:
                break
        else_seen = i
        if else_seen % 5 == 0:
            continue
        pairs += 100
    return pairs

#: n=6
def while_with_conditions(A: float64[N], n: int64):
    i, j = 0, n
    while i < j and not (i * i == j):
        if (i + j) % 2 == 0:
            i += 2
            continue
        j -= 1
    return i, j

#:
def early_returns(A: float64[N], limit: float64):
    if N == 0:
        return -1.0, 0
    for i in range(N):
        if A[i] > limit:
            return A[i], i
        for j in range(i):
            if A[i] + A[j] > 2 * limit:
                return A[j], -j
    return 0.0, N

#:
def helper_returns_in_loops(A: float64[N, M], limit: float64):
    def first(row):
        for j in range(len(row)):
            if row[j] > limit:
                return row[j], j
            k = 0
            while k < j:
                if row[k] * row[j] > 1:
                    return row[k], -k
                k += 1
        return 0.0, -100
    total = 0.0
    places = 0
    for i in range(N):
        value, place = first(A[i])
        total += value
        places += place
    return total, places

#: n=10
def helper_that_only_writes(A: float64[N], n: int64):
    def fill(x, last):
        for i in range(x.shape[0]):
            if i == last:
                return
            x[i] = i
        x[0] = -1
    fill(A, 2)
    fill(A[1:], n)

#:
def helper_with_shapes(A: float64[N, M], b: float64[M], s: float64):
    def norm(x):
        return np.sqrt(np.sum(x * x))
    def shift(x, by):
        return x + by
    return norm(A), norm(b), norm(A[0]), shift(A, b), shift(b, s), shift(s, 1)

#:
def if_expressions(A: float64[N], n: int64):
    a = 1 if n > 2 else 2 if n > 1 else 3
    b = (A[0] if n > 0 else A[-1]) * 2
    c = A if N > 3 else A * 2
    return a, b, c

#:
def annotated(A: float64[N]):
    total: float = 0.0
    count: int = 0
    for x in A:
        total += x
        count += 1
    mean: float = total / max(count, 1)
    return mean

#: x=-2..3
def powers(A: float64[N], x: int64[N], n: int64):
    return A**2, A**3, np.abs(A)**0.5, np.abs(A)**-1.5, x**2, x**3, 2**n, 2.0**n, (-1) ** n, n**2, 10**-2, 2**0.5, A**0

#:
def complex_numbers(z: complex128[N], w: complex64[N], x: float64):
    return z * w, z + 1, z * 1j, w * 2.5, w * x, abs(z), z.real + w.imag, z.conj() * z, z / (w + 3), complex(x, 1), z == z, np.sum(z), np.mean(w), z**2

#:
def big_constants(x: uint64[N], y: int64[N]):
    return x / 2**64, x % 2**32, y & 0xFFFFFFFF, y | 1 << 40, x >> np.uint64(3), y * 2**40, 2**62, 2**64 / 2**60, 2**70 // 2**60, (1 << 63) - 1

#: x=-3..4
def python_floats(x: int64[N]):
    return 1 / 2, 7 // 2, -7 // 2, -7 % 3, 7.5 // 2, -7.5 % 2, 1e3, 3 / 1, 10 // 3 * 3 + 10 % 3

#:
def infinities(A: float64[N]):
    best = np.inf
    worst = -np.inf
    for a in A:
        best = min(best, a)
        worst = max(worst, a)
    return best, worst, np.isinf(best), np.nan == np.nan, np.isnan(A / 0 * 0).all()

#: i=1 j=2
def index_arithmetic(A: float64[2 * N + 3], i: int64, j: int64):
    A[i + j] = A[2 * i] + A[j - i] + A[-i] + A[N] + A[2 * N + 2] + A[(i * 7 + j) % (2 * N + 3)]
    A[i:j + 1] = 0
    A[i - 1:-j] += 1

#: idx=-3..3 N=3
def index_from_data(A: float64[N], idx: int64[M]):
    total = 0.0
    for k in range(M):
        total += A[idx[k]]
        A[idx[k]] += 1
    return total

#: idx=0..9 N=3 M=6 raises
def index_out_of_bounds(A: float64[N], idx: int64[M]):
    for k in range(M):
        A[idx[k]] += 1

#:
def reductions_of_nothing(A: float64[N]):
    return np.sum(A[:0]), np.prod(A[N:]), np.any(A[:0] > 0), np.all(A[:0] > 0), np.zeros(0).sum(), len(A[:0])

#: A=-5..9
def reductions_of_integers(A: int32[N, M], B: uint8[N], C: bool[N]):
    return A.sum(), A.sum(axis=0), A.prod(axis=1), A.mean(), A.mean(axis=0), A.std(), B.sum(), B.mean(), C.sum(), C.any(), C.prod(), B.astype(np.int64).var(), (A > 0).mean()

#: A=0..3
def arg_reductions(A: int64[N, M], B: float64[N]):
    return A.argmax(), A.argmin(axis=0), A.argmax(axis=1), B.argmin(), np.argmax(np.abs(B)), np.argmax(A == 1), np.argmin(-B)

#:
def keepdims(A: float64[N, M, K]):
    return A - A.mean(axis=1, keepdims=True), A / np.abs(A).sum(axis=(0, 2), keepdims=True), np.max(A, axis=-1, keepdims=True).shape[2], A.sum(axis=(0, 1)) - A.sum(axis=1).sum(axis=0)

#: x=5
def helper_with_guards(A: float64[N], x: int64):
    def clear(row, k):
        if k > 3:
            return
        if k == 3:
            row[:] = 1
            return
        row[:] = 0
    clear(A, x)
    clear(A[:1], 3)
    clear(A[1:], x - 4)
