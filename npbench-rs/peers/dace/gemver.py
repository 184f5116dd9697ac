# DaCe has no `np.outer`: a map.
def gemver(alpha: float64, beta: float64, A: float64[N, N], u1: float64[N], v1: float64[N],
           u2: float64[N], v2: float64[N], w: float64[N], x: float64[N], y: float64[N],
           z: float64[N]):
    for i, j in dace.map[0:N, 0:N]:
        A[i, j] += u1[i] * v1[j] + u2[i] * v2[j]
    x += beta * (y @ A) + z
    w += alpha * (A @ x)
