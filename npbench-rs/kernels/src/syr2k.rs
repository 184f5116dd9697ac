//! Symmetric update of rank `2 M`, lower triangle of `C = alpha (A B^T + B A^T) + beta C`. PolyBench/C 4.2,
//! `linear-algebra/blas/syr2k`.

use dace::dace;

dace! {
    def syr2k(alpha: float64, beta: float64, C: float64[N, N], A: float64[N, M], B: float64[N, M]):
        for i in range(A.shape[0]):
            C[i, :i + 1] *= beta
            for k in range(A.shape[1]):
                C[i, :i + 1] += (A[:i + 1, k] * alpha * B[i, k] +
                                 B[:i + 1, k] * alpha * A[i, k])
}
