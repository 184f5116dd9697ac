//! Two matrix multiplications, `D = alpha A B C + beta D`. PolyBench/C 4.2, `linear-algebra/kernels/2mm`.

use dace::dace;

dace! {
    def k2mm(alpha: float64, beta: float64, A: float64[NI, NK], B: float64[NK, NJ],
             C: float64[NJ, NL], D: float64[NI, NL]):
        D[:] = alpha * A @ B @ C + beta * D
}
