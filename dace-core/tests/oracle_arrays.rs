//! Subscripts, views, creation, shapes, reductions and linear algebra, against NumPy.

use dace_oracle::oracle::agree;

#[test]
fn subscripts() {
    agree(&[
        ("def f(A: float64[N]): return A[1:-1] + A[2:] - A[:-2]", ""),
        ("def f(A: float64[N]): return A[::2]", ""),
        ("def f(A: float64[N]): return A[1::2]", "N=6"),
        ("def f(A: float64[N]): return A[::-1]", ""),
        ("def f(A: float64[N]): return A[-2:0:-1]", ""),
        ("def f(A: float64[N]): return A[3:1]", ""),
        ("def f(A: float64[N]): return A[0:100]", ""),
        ("def f(A: float64[N]): return A[-100:2]", ""),
        ("def f(A: float64[N]): return A[-1] + A[0]", ""),
        ("def f(A: float64[N, M]): return A[1]", ""),
        ("def f(A: float64[N, M]): return A[:, 1]", ""),
        ("def f(A: float64[N, M]): return A[-1, :2]", ""),
        ("def f(A: float64[N, M, K]): return A[..., 0]", ""),
        ("def f(A: float64[N, M, K]): return A[1, ..., None]", ""),
        ("def f(A: float64[N, M]): return A[1:3, 1:3][0]", ""),
        ("def f(A: float64[N, M]): return A.T", ""),
        ("def f(A: float64[N, M]): return A.T[1]", ""),
        ("def f(A: float64[N], k: int64): return A[k]", "k=2"),
        ("def f(A: float64[N], k: int64): return A[k]", "k=-2"),
        ("def f(A: float64[N], k: int64): return A[k]", "k=5 raises"),
        ("def f(A: float64[N], k: int64): return A[k]", "k=-6 raises"),
        ("def f(A: float64[N], k: int64): return A[k:]", "k=2"),
        ("def f(A: float64[N], k: int64): return A[:k]", "k=-2"),
        ("def f(A: float64[N], k: int64): return A[:k]", "k=9"),
        ("def f(A: float64[N], k: int64): return A[k:k+2]", "k=4"),
        (
            "def f(A: float64[N], k: int64): return A[::k]",
            "refused=D002",
        ),
        (
            "def f(A: float64[N], idx: int64[M]): return A[idx]",
            "idx=0..5",
        ),
        (
            "def f(A: float64[N], idx: int64[M]): return A[idx]",
            "idx=-5..5",
        ),
        (
            "def f(A: float64[N], idx: int64[M]): return A[idx]",
            "idx=5..6 raises",
        ),
        (
            "def f(A: float64[N, M], idx: int64[K]): return A[idx]",
            "idx=0..5",
        ),
        (
            "def f(A: float64[N, M], idx: int64[K]): return A[:, idx]",
            "idx=0..4",
        ),
        (
            "def f(A: float64[N, M], i: int64[K], j: int64[K]): return A[i, j]",
            "i=0..5 j=0..4",
        ),
        (
            "def f(A: float64[N], idx: int64[M]): return A[idx[2]]",
            "idx=0..5",
        ),
        ("def f(A: float64[N], mask: bool[N]): A[mask] = 0", ""),
        ("def f(A: float64[N]): A[A > 0] = 1", ""),
        ("def f(A: float64[N]): A[A > 0] *= 2", ""),
        ("def f(A: float64[N]): A[A > 0] = A[A > 0] * 2 - 1", ""),
        (
            "def f(A: float64[N], B: float64[N]): A[B > 0], B[B > 0] = 1, 2",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[N]): A[B > 0] = B[B > 0]",
            "",
        ),
    ]);
}

#[test]
fn assignments() {
    agree(&[
        ("def f(A: float64[N], B: float64[N]): A[:] = B * 2", ""),
        ("def f(A: float64[N], B: float64[N]): A[1:] = B[:-1]", ""),
        ("def f(A: float64[N]): A[1:] = A[:-1]", ""),
        ("def f(A: float64[N]): A[:-1] += A[1:]", ""),
        ("def f(A: float64[N]): A[:] = A[::-1]", ""),
        ("def f(A: float64[N]): A[::-1] = A", ""),
        ("def f(A: float64[N, N]): A[:] = A.T", ""),
        ("def f(A: float64[N, N]): A += A.T", ""),
        ("def f(A: float64[N, M]): A[0] = A[1] + 1", ""),
        (
            "def f(A: float64[N, M]): A[:, 0], A[:, 1] = A[:, 1], A[:, 0]",
            "",
        ),
        ("def f(A: float64[N]): A[0], A[1] = A[1], A[0]", ""),
        ("def f(A: float64[N], k: int64): A[k] = 7", "k=-1"),
        ("def f(A: float64[N], k: int64): A[k] += 7", "k=5 raises"),
        ("def f(A: int64[N]): A[:] = 2.7", ""),
        ("def f(A: float32[N], B: float64[N]): A[:] = B", ""),
        ("def f(A: float32[N]): A *= 1.1", ""),
        ("def f(A: int32[N]): A += 1", ""),
        ("def f(A: int32[N]): A //= 2", ""),
        (
            "def f(A: float64[N], idx: int64[M]): A[idx] = 1",
            "idx=0..5",
        ),
        (
            "def f(A: float64[N], idx: int64[N]): A[idx] += 1",
            "idx=0..5",
        ),
        ("def f(A: float64[N, M]): A[1:3, ::2] = 5", ""),
        ("def f(A: float64[N, M]): A[1:3][0] = 5", ""),
        (
            "def f(A: float64[N], B: float64[N]):\n    C = A\n    C[0] = 9\n    B[:] = C",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[N]):\n    C = A.copy()\n    C[0] = 9\n    B[:] = C",
            "",
        ),
        (
            "def f(A: float64[N]):\n    B = A[1:]\n    B[:] = 3\n    return B",
            "",
        ),
        (
            "def f(A: float64[N]):\n    B = A\n    B = B + 1\n    return A, B",
            "",
        ),
        (
            "def f(A: float64[N]):\n    B = A\n    B += 1\n    return B",
            "",
        ),
        (
            "def f(A: float64[N]):\n    x = A[0]\n    A[0] = 5\n    return x",
            "",
        ),
        (
            "def f(A: float64[N]):\n    B = A[0:2]\n    A[0] = 5\n    return B",
            "",
        ),
        (
            "def f(A: float64[N]):\n    B = A + 1\n    A[0] = 5\n    return B",
            "",
        ),
    ]);
}

#[test]
fn creation() {
    agree(&[
        (
            "def f(A: float64[N]): return np.zeros(N) + np.ones((N,)) + np.full(N, 2.5)",
            "",
        ),
        (
            "def f(A: float64[N]): return np.zeros((N, 2), dtype=np.int32)",
            "",
        ),
        (
            "def f(A: float32[N]): return np.zeros_like(A) + np.ones_like(A)",
            "",
        ),
        ("def f(A: float32[N]): return np.full_like(A, 3)", ""),
        (
            "def f(A: float64[N]):\n    B = np.empty_like(A)\n    B[:] = A\n    return B",
            "",
        ),
        (
            "def f(A: float64[N]):\n    B = np.ndarray((N,), dtype=np.float32)\n    B[:] = A\n    return B",
            "",
        ),
        ("def f(A: float64[N]): return np.eye(N)", ""),
        (
            "def f(A: float64[N]): return np.eye(N, k=1, dtype=np.float32)",
            "",
        ),
        ("def f(A: float64[N]): return np.identity(3)", ""),
        ("def f(A: float64[N]): return np.arange(N)", ""),
        ("def f(A: float64[N]): return np.arange(2, 10, 3)", ""),
        (
            "def f(A: float64[N]): return np.arange(N, dtype=np.float64)",
            "",
        ),
        ("def f(A: float64[N]): return np.arange(0.0, 1.0, 0.25)", ""),
        ("def f(A: float64[N]): return np.linspace(0, 1, 5)", ""),
        ("def f(A: float64[N]): return np.array([1, 2, 3])", ""),
        ("def f(A: float64[N]): return np.array([1, 2.5, 3])", ""),
        (
            "def f(A: float64[N]): return np.array([[1, 2], [3, 4]], dtype=np.float32)",
            "",
        ),
        ("def f(A: float64[N], k: int64): return np.zeros(k)", "k=4"),
        (
            "def f(A: float64[N], k: int64): return np.zeros(k)",
            "k=-1 raises",
        ),
        (
            "def f(A: float64[N, M]): return np.zeros(A.shape, dtype=A.dtype) + A.shape[0]",
            "",
        ),
        (
            "def f(A: float64[N, M]): return len(A) + A.size + A.ndim",
            "",
        ),
    ]);
}

#[test]
fn shapes() {
    agree(&[
        ("def f(A: float64[N, M]): return np.transpose(A)", ""),
        (
            "def f(A: float64[N, M, K]): return np.transpose(A, (1, 2, 0))",
            "",
        ),
        ("def f(A: float64[N, M]): return np.reshape(A, (M, N))", ""),
        ("def f(A: float64[N, M]): return A.reshape(N * M)", ""),
        ("def f(A: float64[N, M]): return A.reshape(-1)", ""),
        (
            "def f(A: float64[N, M]): return A.flatten() + A.ravel()",
            "",
        ),
        (
            "def f(A: float64[N, M]): return np.reshape(A.T, (N, M))",
            "",
        ),
        (
            "def f(A: float64[N, 1, M]): return np.squeeze(A, axis=1)",
            "",
        ),
        ("def f(A: float64[4, 1, 3]): return np.squeeze(A)", ""),
        (
            "def f(A: float64[N, 1, M]): return np.squeeze(A)",
            "refused=D007",
        ),
        ("def f(A: float64[N, M]): return np.expand_dims(A, 1)", ""),
        (
            "def f(A: float64[N, M, K]): return np.swapaxes(A, 0, 2)",
            "",
        ),
        (
            "def f(A: float64[N, M, K]): return np.moveaxis(A, 0, 2)",
            "",
        ),
        (
            "def f(A: float64[N, M]): return np.flip(A) + np.flip(A, 0) + np.flipud(A) + np.fliplr(A)",
            "",
        ),
        (
            "def f(A: float64[M]): return np.broadcast_to(A, (3, M)) + 0",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[M]): return np.concatenate((A, B))",
            "",
        ),
        (
            "def f(A: float64[N, M], B: float64[N, K]): return np.concatenate((A, B), axis=1)",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[N]): return np.stack((A, B))",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[N]): return np.stack([A, B], axis=1)",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[N]): return np.vstack((A, B))",
            "",
        ),
        (
            "def f(A: float64[N], B: float64[M]): return np.hstack((A, B))",
            "",
        ),
        (
            "def f(A: float64[N, M]): return np.triu(A) + np.tril(A, -1)",
            "",
        ),
        ("def f(A: float64[N, M]): return np.triu(A, k=1)", ""),
        ("def f(A: float64[N]): return np.diag(A)", ""),
        ("def f(A: float64[N, N]): return np.diag(A)", ""),
        (
            "def f(A: float64[N, M]): return np.diagonal(A) + 0",
            "N=4 M=4",
        ),
        ("def f(A: float64[N]): return np.repeat(A, 2)", ""),
        (
            "def f(A: float64[N, M]): return np.repeat(A, 3, axis=1)",
            "",
        ),
        ("def f(A: float64[N]): return np.roll(A, 2)", ""),
        ("def f(A: float64[N]): return np.roll(A, -1)", ""),
    ]);
}

#[test]
fn reductions() {
    agree(&[
        ("def f(A: float64[N, M]): return np.sum(A)", ""),
        ("def f(A: float64[N, M]): return np.sum(A, axis=0)", ""),
        (
            "def f(A: float64[N, M]): return np.sum(A, axis=1, keepdims=True)",
            "",
        ),
        ("def f(A: float64[N, M]): return np.sum(A, axis=-1)", ""),
        (
            "def f(A: float64[N, M, K]): return np.sum(A, axis=(0, 2))",
            "",
        ),
        ("def f(A: float32[N]): return np.sum(A)", ""),
        ("def f(A: int32[N]): return np.sum(A)", ""),
        ("def f(A: uint8[N]): return np.sum(A)", ""),
        ("def f(A: bool[N]): return np.sum(A)", ""),
        ("def f(A: int8[N]): return np.prod(A)", ""),
        ("def f(A: complex64[N]): return np.sum(A) * np.prod(A)", ""),
        (
            "def f(A: float64[N, M]): return A.sum(axis=0) + A.mean(axis=0) + A.max(axis=0) - A.min(axis=0)",
            "",
        ),
        ("def f(A: float64[N]): return np.max(A) - np.min(A)", ""),
        ("def f(A: float64[N]): return np.max(A)", "N=0 raises"),
        ("def f(A: float64[N]): return np.sum(A) + np.prod(A)", "N=0"),
        ("def f(A: int64[N, M]): return np.max(A, axis=1)", ""),
        ("def f(A: int64[N]): return np.mean(A)", ""),
        ("def f(A: float32[N]): return np.mean(A)", ""),
        ("def f(A: float64[N, M]): return np.mean(A, axis=0)", ""),
        (
            "def f(A: float64[N, M]): return np.std(A, axis=0) + np.var(A, axis=0)",
            "",
        ),
        ("def f(A: float64[N]): return np.std(A)", ""),
        ("def f(A: complex128[N]): return np.var(A)", ""),
        (
            "def f(A: float64[N, M]): return np.any(A > 1.5, axis=0)",
            "",
        ),
        ("def f(A: float64[N]): return np.all(A > -3)", ""),
        ("def f(A: int64[N]): return np.any(A)", ""),
        ("def f(A: float64[N, M]): return np.argmax(A)", ""),
        ("def f(A: float64[N, M]): return np.argmin(A, axis=1)", ""),
        ("def f(A: int64[N]): return np.argmax(A)", ""),
        ("def f(A: int64[N]): return np.count_nonzero(A)", ""),
        ("def f(A: float64[N]): return sum(A)", "N=5"),
        ("def f(A: float64[N]): return max(A)", ""),
        (
            "def f(A: float64[N, M]): return np.sum(A * A) / np.sum(A)",
            "",
        ),
        ("def f(A: float64[N, M]): return A - np.mean(A, axis=0)", ""),
        (
            "def f(A: float64[N, M]): return A / np.sum(A, axis=1, keepdims=True)",
            "",
        ),
        (
            "def f(A: float64[N, M]):\n    m = np.max(A, axis=-1, keepdims=True)\n    e = np.exp(A - m)\n    return e / np.sum(e, axis=-1, keepdims=True)",
            "",
        ),
        ("def f(A: float64[N]): return np.add.reduce(A)", ""),
        (
            "def f(A: float64[N], B: float64[M]): return np.subtract.outer(A, B)",
            "",
        ),
        ("def f(A: float64[N]): return np.sum(A[1:] * A[:-1])", ""),
        ("def f(A: float64[N, M]): A[0] = np.sum(A, axis=0)", ""),
    ]);
}

#[test]
fn linear_algebra() {
    agree(&[
        (
            "def f(A: float64[N, K], B: float64[K, M]): return A @ B",
            "",
        ),
        ("def f(A: float64[N, K], b: float64[K]): return A @ b", ""),
        ("def f(a: float64[K], B: float64[K, M]): return a @ B", ""),
        ("def f(a: float64[N], b: float64[N]): return a @ b", ""),
        (
            "def f(A: float64[K, N], B: float64[M, K]): return A.T @ B.T",
            "",
        ),
        ("def f(A: float64[N, N]): A[:] = A @ A", ""),
        (
            "def f(C: float64[N, M], A: float64[N, K], B: float64[K, M], alpha: float64): C[:] = alpha * A @ B + 2 * C",
            "",
        ),
        (
            "def f(C: float64[N, M], A: float64[N, K], B: float64[K, M]): C += A @ B",
            "",
        ),
        (
            "def f(A: float64[4, N, K], B: float64[4, K, M]): return A @ B",
            "",
        ),
        (
            "def f(A: float64[4, N, K], B: float64[K, M]): return np.matmul(A, B)",
            "",
        ),
        (
            "def f(A: float64[4, 1, N, K], B: float64[3, K, M]): return A @ B",
            "",
        ),
        ("def f(A: int64[N, K], B: int64[K, M]): return A @ B", ""),
        (
            "def f(A: float32[N, K], B: float64[K, M]): return A @ B",
            "",
        ),
        (
            "def f(A: complex128[N, K], B: complex128[K, M]): return A @ B",
            "",
        ),
        (
            "def f(A: float64[N, K], B: float64[K, M]): return np.dot(A, B)",
            "",
        ),
        (
            "def f(a: float64[N], b: float64[N]): return np.dot(a, b)",
            "",
        ),
        (
            "def f(a: float64[N], b: float64[M]): return np.outer(a, b)",
            "",
        ),
        (
            "def f(a: float64[N], b: float64[N]): return np.inner(a, b)",
            "",
        ),
        (
            "def f(a: complex128[N], b: complex128[N]): return np.vdot(a, b)",
            "",
        ),
        ("def f(A: float64[N, N]): return np.trace(A)", ""),
        (
            "def f(A: float64[N, N], b: float64[N]): return np.linalg.solve(A, b)",
            "",
        ),
        (
            "def f(A: float64[N, N], B: float64[N, M]): return np.linalg.solve(A, B)",
            "",
        ),
        ("def f(A: float64[N, N]): return np.linalg.inv(A)", ""),
        ("def f(A: float64[N, N]): A[:] = np.linalg.inv(A)", ""),
        (
            "def f(A: float64[N, N]): return np.linalg.inv(A * 0)",
            "raises",
        ),
        (
            "def f(A: float64[N, N]): return np.linalg.cholesky(A @ A.T + np.eye(N))",
            "",
        ),
        (
            "def f(A: float64[N, N]): return np.linalg.cholesky(-A @ A.T)",
            "raises",
        ),
        ("def f(a: float64[N]): return np.linalg.norm(a)", ""),
        (
            "def f(A: float64[N, M]): return np.linalg.norm(A, axis=1)",
            "",
        ),
        (
            "def f(A: float64[N, K], B: float64[K, M]): return np.tensordot(A, B, axes=1)",
            "",
        ),
        (
            "def f(A: float64[N, N], x: float64[N]): return (A @ x) @ (A.T @ x)",
            "",
        ),
        (
            "def f(A: float64[N, M], x: float64[M]): return A.T @ (A @ x)",
            "",
        ),
        (
            "def f(A: float64[N, K], B: float64[K, M]): return A[1:] @ B[:, ::2]",
            "",
        ),
        (
            "def f(A: float64[N, N], B: float64[N, N]): B[:] = A @ B",
            "",
        ),
        (
            "def f(A: float64[N, N], B: float64[N, N]):\n    for i in range(3):\n        A[:] = A @ B\n        A += 1",
            "",
        ),
    ]);
}
