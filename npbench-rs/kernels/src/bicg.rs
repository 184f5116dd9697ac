//! The two products of the biconjugate gradient method, `r A` and `A p`. PolyBench/C 4.2, `linear-algebra/kernels/bicg`.

use dace::dace;

dace! {
    def bicg(A: float64[N, M], p: float64[M], r: float64[N]):
        return r @ A, A @ p
}
