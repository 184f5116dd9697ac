//! Two-dimensional nine-point Gauss-Seidel stencil. PolyBench/C 4.2, `stencils/seidel-2d`.

use dace::dace;

dace! {
    def seidel_2d(TSTEPS: int64, N: int64, A: float64[N, N]):
        for t in range(0, TSTEPS - 1):
            for i in range(1, N - 1):
                A[i, 1:-1] += (A[i - 1, :-2] + A[i - 1, 1:-1] + A[i - 1, 2:] +
                               A[i, 2:] + A[i + 1, :-2] + A[i + 1, 1:-1] +
                               A[i + 1, 2:])
                for j in range(1, N - 1):
                    A[i, j] += A[i, j - 1]
                    A[i, j] /= 9.0
}
