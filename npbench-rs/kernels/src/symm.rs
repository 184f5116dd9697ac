//! Symmetric matrix multiplication, `C = alpha A B + beta C` with the lower triangle of `A`. PolyBench/C 4.2,
//! `linear-algebra/blas/symm`.

use dace::dace;

dace! {
    def symm(alpha: float64, beta: float64, C: float64[M, N], A: float64[M, M], B: float64[M, N]):
        temp2 = np.empty((C.shape[1], ), dtype=C.dtype)
        C *= beta
        for i in range(C.shape[0]):
            for j in range(C.shape[1]):
                C[:i, j] += alpha * B[i, j] * A[i, :i]
                temp2[j] = B[:i, j] @ A[i, :i]
            C[i, :] += alpha * B[i, :] * A[i, i] + alpha * temp2
}
