//! Cholesky decomposition. PolyBench/C 4.2, `linear-algebra/solvers/cholesky`.

use dace::dace;

dace! {
    def cholesky(A: float64[N, N]):
        A[0, 0] = np.sqrt(A[0, 0])
        for i in range(1, A.shape[0]):
            for j in range(i):
                A[i, j] -= np.dot(A[i, :j], A[j, :j])
                A[i, j] /= A[j, j]
            A[i, i] -= np.dot(A[i, :i], A[i, :i])
            A[i, i] = np.sqrt(A[i, i])
}
