//! Matrix transpose times matrix times vector, `AT A x`. PolyBench/C 4.2, `linear-algebra/kernels/atax`.

use dace::dace;

dace! {
    def atax(A: float64[M, N], x: float64[N]):
        return (A @ x) @ A
}
