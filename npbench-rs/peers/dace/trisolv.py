# The shape of a vector is no size to DaCe: its symbol is.
def trisolv(L: float64[N, N], x: float64[N], b: float64[N]):
    for i in range(N):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
