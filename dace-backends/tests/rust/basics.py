def jacobi_2d(TSTEPS: int64, A: float64[N, N], B: float64[N, N]):
    for t in range(1, TSTEPS):
        B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        A[1:-1, 1:-1] = 0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1])

def dot(x: float64[N], y: float64[N]):
    s = 0.0
    for i in range(N):
        s += x[i] * y[i]
    return s

def scale(x: float32[N], alpha: float32):
    return alpha * x + 1.0

def gather(x: float64[N], index: int64[M]):
    out = np.zeros_like(x)
    for i in range(M):
        out[i] = x[index[i]]
    return out

def row_sums(A: float64[N, M]):
    return np.sum(A, axis=1)

def triangular(A: float64[N, N]):
    for i in range(N):
        for j in range(i):
            A[i, j] = A[j, i] + i * j
