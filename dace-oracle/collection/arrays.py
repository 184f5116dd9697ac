#:
def slices(A: float64[N, M]):
    return A[::2], A[::-1], A[:, ::-2], A[-2:], A[:-2, -1], A[..., 0], A[None, :, 0], A[1:, None]

#:
def store_slices(A: float64[N], B: float64[N]):
    A[::-1] = B
    A[1::2] = 0
    A[-1] += 1
    B[:] = A[::-1] * 2

#:
def reverse_in_place(A: float64[N]):
    A[:] = A[::-1]

#:
def swap_halves(A: float64[2 * N]):
    h = A.shape[0] // 2
    top = A[:h].copy()
    A[:h] = A[h:]
    A[h:] = top

#:
def views(A: float64[N, M]):
    row = A[0]
    row += 1
    column = A[:, 0]
    column *= 2
    copy = A[1].copy()
    copy[:] = 0
    T = A.T
    T[0, :] = 7
    return copy

#: N=5
def view_of_view(A: float64[N, N]):
    B = A[1:, 1:]
    C = B[::2].T
    C[0] = -1.0
    D = C.reshape(-1)
    D[0] = 5.0
    return D

#:
def reshapes(A: float64[N, 6]):
    return A.reshape(N, 2, 3), A.reshape(-1), A.ravel(), A.flatten(), A.reshape((2, -1)), np.reshape(A, (6, N)), A.T.reshape(-1)

#:
def transposes(A: float64[N, M, K]):
    return A.T, A.transpose(1, 0, 2), np.transpose(A, (2, 0, 1)), np.swapaxes(A, 0, 2), np.moveaxis(A, 0, -1), A.transpose()

#:
def flips(A: float64[N, M]):
    return np.flip(A), np.flip(A, 0), np.flip(A, axis=1), np.fliplr(A), np.flipud(A), np.rot90(A)

#:
def joins(A: float64[N, M], B: float64[N, M]):
    return (np.concatenate((A, B)), np.concatenate([A, B], axis=1), np.stack([A, B]), np.stack((A, B), axis=-1),
            np.vstack((A, B)), np.hstack((A, B)), np.append(A, B))

#:
def joins_of_vectors(a: float64[N], b: float32[M]):
    return np.concatenate((a, b, a)), np.hstack([a, b]), np.column_stack((a, a)), np.vstack([a, a])

#:
def repeats(a: float64[N], A: int64[N, M]):
    return np.repeat(a, 2), np.tile(a, 3), np.repeat(A, 2, axis=1), np.tile(A, (2, 1))

#:
def creations(A: float32[N, M]):
    return (np.zeros(N), np.ones((N, M), dtype=np.int8), np.full((2, N), 7), np.full(N, 1.5, dtype=np.float32), np.zeros_like(A) + 1,
            np.zeros_like(A, dtype=np.int64), np.ones_like(A), np.full_like(A, 3), np.eye(N), np.eye(N, M, 1), np.identity(M),
            np.arange(N), np.arange(1, N), np.arange(0, 10, 3), np.arange(0.0, 1.0, 0.25), np.linspace(0, 1, N), np.linspace(-1.0, 1.0, 5))

#:
def creation_of_lists(x: float64, y: float64):
    return np.array([x, y, 1]), np.array([[x, 0], [0, y]]), np.array([1, 2, 3]), np.array([1, 2.5], dtype=np.float32), np.array([True, False])

#:
def reductions(A: float64[N, M, K]):
    return (A.sum(), A.sum(0), np.sum(A, axis=-1), A.sum(axis=(0, 2)), A.sum(axis=1, keepdims=True), A.mean(axis=(-1, -2)),
            np.prod(A, axis=2), A.std(), A.var(axis=0), np.std(A, axis=1, ddof=1))

#:
def extrema(A: float64[N, M]):
    return A.max(), A.min(0), np.max(A, axis=1), np.amin(A), A.argmax(), np.argmin(A, axis=0), A.argmax(axis=-1), np.ptp(A)

#:
def truths(A: bool[N, M], B: int64[N, M]):
    return A.any(), A.all(axis=0), np.any(B, axis=1), np.all(B > -5), np.count_nonzero(B), np.count_nonzero(A, axis=0), np.logical_and(A, B > 0), np.logical_not(B), np.logical_xor(A, B)

#:
def scans(A: float64[N, M], x: int32[N]):
    return np.cumsum(A), np.cumsum(A, axis=0), A.cumsum(axis=1), np.cumprod(x), np.diff(x), np.diff(A, axis=0), x.cumsum()

#: idx=0..5 N=5
def gather(A: float64[N, M], x: float64[N], idx: int64[K]):
    return x[idx], A[idx], A[idx, 0], A[:, 0][idx], np.take(x, idx), x[idx] + x[idx[::-1]]

#: idx=-5..5 N=5
def gather_negative(x: float64[N], idx: int32[K]):
    return x[idx]

#: idx=0..5 N=5
def scatter(x: float64[N], idx: int64[K], v: float64[K]):
    x[idx] = v

#: idx=0..5 N=5
def scatter_add(x: float64[N], idx: int64[K], v: float64[K]):
    np.add.at(x, idx, v)

#: i=0..4 j=0..3 N=4 M=3
def gather_pairs(A: float64[N, M], i: int64[K], j: int64[K]):
    A[i, j] = A[i, j] * 2
    return A[i, j]

#:
def masks(A: float64[N, M]):
    A[A < 0] = 0
    B = A[A > 1]
    return B, B.sum(), B.shape[0]

#:
def mask_rows(A: float64[N, M], keep: bool[N]):
    A[keep] = 0
    A[~keep, 0] = 1
    return A[keep]

#:
def masked_assignment(A: float64[N], B: float64[N]):
    m = (A > 0) & (B > 0) | ~(A < 1)
    A[m] = B[m]
    A[~m] += 1

#:
def wheres(A: float64[N], x: float32):
    return np.where(A > 0, A, 0), np.where(A > 0, 1, -1), np.where(A > x, x, A), np.where(A > 0)[0], np.nonzero(A < 0)[0], np.argwhere(A > 0)

#:
def broadcasts(a: float64[N], b: float64[M]):
    return a[:, None] + b, np.add.outer(a, b), a[:, np.newaxis] * b[None, :], np.outer(a, b), a.reshape(-1, 1) - b.reshape(1, -1), np.broadcast_to(b, (N, M))

#:
def products(A: float64[N, M], B: float64[M, K], x: float64[M]):
    return A @ B, np.dot(A, B), A.dot(x), np.matmul(A, x), x @ B, np.inner(x, x), np.vdot(x, x), np.tensordot(A, B, axes=1)

#:
def batched(A: float64[K, N, M], B: float64[K, M, N], C: float64[M, N]):
    return A @ B, np.matmul(A, C), A @ C

#:
def algebra(A: float64[N, N], b: float64[N]):
    S = A @ A.T + np.eye(N)
    return np.linalg.solve(S, b), np.linalg.inv(S), np.linalg.cholesky(S), np.linalg.norm(A), np.linalg.norm(b), np.trace(A)

#:
def norms(A: float64[N, M], x: float64[N]):
    return np.linalg.norm(A, axis=1), np.linalg.norm(A, axis=0, keepdims=True)

#:
def triangles(A: float64[N, N]):
    return np.tril(A), np.triu(A, 1), np.diag(A), np.diagonal(A), np.diag(A[0]), np.trace(A), np.kron(A, np.eye(2)), np.diagflat(A)

#:
def clips(A: float64[N], B: int32[N]):
    return np.clip(A, -1, 1), A.clip(0.0, 0.5), np.clip(B, 0, 3), np.minimum(A, 0), np.fmax(A, B), np.sign(A), np.hypot(A, A)

#:
def casts(A: float64[N], B: int64[N], C: complex128[N]):
    return A.astype(np.float32), A.astype(np.int32), B.astype(np.uint8), B.astype(bool), A.astype('float32'), np.float32(A), np.int64(A), C.astype(np.complex64), np.float64(B)

#:
def complex_parts(C: complex64[N], A: float64[N]):
    return C.real, C.imag, np.conj(C), C.conjugate(), np.abs(C), np.angle(C), A + 1j * A, np.exp(1j * A), C * 2, C ** 2, np.real(C)

#:
def unary_functions(A: float64[N]):
    B = np.abs(A) + 0.1
    return (np.sqrt(B), np.cbrt(B), np.exp(A), np.expm1(A), np.log(B), np.log1p(B), np.log2(B), np.log10(B), np.sin(A), np.cos(A), np.tan(A), np.arctan(A),
            np.sinh(A), np.cosh(A), np.tanh(A), np.square(A), np.reciprocal(B), np.power(B, 1.5), np.arctan2(A, B), np.deg2rad(A), np.isnan(A), np.isfinite(A), np.exp2(A))

#:
def multi_targets(A: float64[N]):
    a = b = A[0] * 2
    b += 1
    x = y = np.zeros(N)
    x[0] = 5
    c: float = 3.0
    d: int = 4
    return a, b, y, c, d

#:
def tuples(A: float64[N, M]):
    n, m = A.shape
    (first, second), third = (A[0, 0], n), m
    return first, second + third

#:
def while_break(A: float64[N]):
    i = 0
    total = 0.0
    while True:
        if i >= N:
            break
        v = A[i]
        i += 1
        if v < 0:
            continue
        total += v
        if total > 3:
            return -1.0
    return total

#: n=7
def ranges(A: int64[8], n: int64):
    for i in range(n, 0, -2):
        A[i] += i
    for i in range(-3, n - 5):
        A[i] = 9
    for i in range(n % 3, n, n // 3):
        A[i] -= 1

#:
def ternaries(A: float64[N], flag: bool):
    x = 1 if flag else 2
    y = A[0] if A[0] > 0 else -A[0] if flag else 0.0
    z = np.zeros(N) if flag else A
    return x, y, z

#:
def maps(A: float64[N, M], B: float64[M, N]):
    for i, j in dace.map[0:N, 0:M]:
        B[j, i] = A[i, j] * 2 if (i + j) % 2 == 0 else A[i, j]

#:
def map_with_sum(A: float64[N, M], s: float64[N]):
    for i in dace.map[0:N]:
        acc = 0.0
        for j in range(M):
            acc += A[i, j]
        s[i] = acc

#:
def map_accumulates(A: float64[N, M], s: float64[1]):
    s[0] = 0
    for i, j in dace.map[0:N, 0:M]:
        s[0] += A[i, j]

#:
def ellipsis_and_none(A: float64[N, M, K]):
    A[..., -1] = 1
    A[0, ...] *= 2
    return A[..., None].shape[3], A[None, ..., 0], A[:, None, :, -1]

#:
def sizes(A: float64[N + 1, 2 * M], B: float64[N // 2]):
    return A.size, A.ndim, len(A), len(B), A.shape[1] // 2, A.nbytes, B.shape[0]

#:
def sorts(A: float64[N], B: int64[N, M]):
    return np.sort(A), np.sort(B, axis=0), np.sort(B), np.median(A), np.unique(B)

#:
def inplace(A: float64[N], B: int32[N]):
    A += 1
    A *= 2
    A -= B
    A /= 3
    A **= 2
    A //= 2
    A %= 3
    B <<= 1
    B |= 1
    B &= 6
    B ^= 3
    B >>= 1

#: N=5 M=4
def reshapes_that_copy(A: float64[N, M], B: float64[N, 6]):
    flat = A.T.reshape(-1)
    flat[:] = 1
    inner = B[:, 1:5].reshape(N, 2, 2)
    inner += 100
    part = A[:, :2].ravel()
    part *= 7
    return flat, inner, part

#:
def reshapes_that_are_views(A: float64[N, M], B: float64[N, 6], C: float64[2, N, M]):
    flat = A.reshape(-1)
    flat[0] = 1
    inner = B[:, 1:5].reshape(N, 2, 2)
    rows = B[1:].reshape(-1)
    rows *= 2
    C[1].reshape(-1)[:] = 5
    C.transpose(1, 2, 0)[None].reshape(N, M, 2)[:, :, 0] -= 1
    B[:, 0].reshape(N, 1)[:] = 9
    return rows, inner

#:
def differences(A: float64[N, M], x: int32[N], b: bool[N]):
    return np.diff(A), np.diff(A, axis=0), np.diff(x), np.diff(A, n=2, axis=1), np.diff(b)

#:
def joins_and_tiles(a: float64[N], A: int64[N, M]):
    return np.column_stack((a, a)), np.column_stack((A, A)), np.tile(a, 3), np.tile(A, (2, 1)), np.tile(a, (2, 2)), np.append(a, a), np.append(A, A, axis=0), np.append(a, 1.5)

#: idx=0..5 N=5
def updates_at(x: float64[N], A: float64[N, M], idx: int64[K], v: float64[K]):
    np.add.at(x, idx, v)
    np.subtract.at(x, idx, 0.5)
    np.add.at(A, idx, 1)

#:
def places(A: float64[N], B: int64[N, M]):
    rows, columns = np.nonzero(B > 0)
    return np.flatnonzero(B), np.where(A > 0)[0], rows, columns, B[rows, columns]

#: x=0..6
def searches(x: int64[N], y: float64[M]):
    s = np.sort(x)
    return np.searchsorted(s, 3), np.searchsorted(s, x), np.searchsorted(np.sort(y), y)

#:
def masks_among_indices(A: float64[N, M], keep: bool[N], columns: bool[M]):
    A[keep, 0] = 5
    A[keep, 1:] += 1
    return A[:, columns], A[keep].sum(axis=0), A[A[:, 0] > 0].mean(axis=1)
