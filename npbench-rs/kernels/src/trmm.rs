//! Triangular matrix multiplication, `B = alpha A^T B` with a unit lower triangle `A`. PolyBench/C 4.2,
//! `linear-algebra/blas/trmm`.

use dace::dace;

dace! {
    def trmm(alpha: float64, A: float64[M, M], B: float64[M, N]):
        for i in range(B.shape[0]):
            for j in range(B.shape[1]):
                B[i, j] += np.dot(A[i + 1:, i], B[i + 1:, j])
        B *= alpha
}
