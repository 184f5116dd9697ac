//! Matrix update by outer products, then two matrix-vector products. PolyBench/C 4.2, `linear-algebra/blas/gemver`.

use dace::dace;

dace! {
    def gemver(alpha: float64, beta: float64, A: float64[N, N], u1: float64[N], v1: float64[N],
               u2: float64[N], v2: float64[N], w: float64[N], x: float64[N], y: float64[N],
               z: float64[N]):
        A += np.outer(u1, v1) + np.outer(u2, v2)
        x += beta * y @ A + z
        w += alpha * A @ x
}
