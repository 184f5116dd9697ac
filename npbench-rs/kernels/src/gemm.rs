//! General matrix multiplication, `C = alpha A B + beta C`. PolyBench/C 4.2, `linear-algebra/blas/gemm`.

use dace::dace;

dace! {
    def gemm(alpha: float64, beta: float64, C: float64[NI, NJ],
             A: float64[NI, NK], B: float64[NK, NJ]):
        C[:] = alpha * A @ B + beta * C
}
