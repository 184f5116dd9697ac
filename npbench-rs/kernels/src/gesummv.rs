//! Sum of two matrix-vector products. PolyBench/C 4.2, `linear-algebra/blas/gesummv`.

use dace::dace;

dace! {
    def gesummv(alpha: float64, beta: float64, A: float64[N, N], B: float64[N, N],
                x: float64[N]):
        return alpha * A @ x + beta * B @ x
}
