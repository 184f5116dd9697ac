//! Two-dimensional five-point Jacobi stencil. PolyBench/C 4.2, `stencils/jacobi-2d`.

use dace::dace;

dace! {
    def jacobi_2d(TSTEPS: int64, A: float64[N, N], B: float64[N, N]):
        for t in range(1, TSTEPS):
            B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] +
                                   A[2:, 1:-1] + A[:-2, 1:-1])
            A[1:-1, 1:-1] = 0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:] +
                                   B[2:, 1:-1] + B[:-2, 1:-1])
}
