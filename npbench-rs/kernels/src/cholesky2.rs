//! Cholesky decomposition by LAPACK, the upper triangle kept. PolyBench/C 4.2, `linear-algebra/solvers/cholesky`.

use dace::dace;

dace! {
    def cholesky2(A: float64[N, N]):
        A[:] = np.linalg.cholesky(A) + np.triu(A, k=1)
}
