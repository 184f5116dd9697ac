//! Three matrix multiplications, `A B C D`. PolyBench/C 4.2, `linear-algebra/kernels/3mm`.

use dace::dace;

dace! {
    def k3mm(A: float64[NI, NK], B: float64[NK, NJ], C: float64[NJ, NM], D: float64[NM, NL]):
        return A @ B @ C @ D
}
