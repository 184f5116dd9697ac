//! Symmetric update of rank `M`, lower triangle of `C = alpha A A^T + beta C`. PolyBench/C 4.2,
//! `linear-algebra/blas/syrk`.

use dace::dace;

dace! {
    def syrk(alpha: float64, beta: float64, C: float64[N, N], A: float64[N, M]):
        for i in range(A.shape[0]):
            C[i, :i + 1] *= beta
            for k in range(A.shape[1]):
                C[i, :i + 1] += alpha * A[i, k] * A[:i + 1, k]
}
