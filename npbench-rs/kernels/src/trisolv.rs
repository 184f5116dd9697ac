//! Triangular solver. PolyBench/C 4.2, `linear-algebra/solvers/trisolv`.

use dace::dace;

dace! {
    def trisolv(L: float64[N, N], x: float64[N], b: float64[N]):
        for i in range(x.shape[0]):
            x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
}
