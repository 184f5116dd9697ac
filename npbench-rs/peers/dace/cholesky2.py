# DaCe has no `np.triu`: only the lower triangle is written.
def cholesky2(A: float64[N, N]):
    L = np.linalg.cholesky(A)
    for i in dace.map[0:N]:
        for j in dace.map[0:i + 1]:
            A[i, j] = L[i, j]
