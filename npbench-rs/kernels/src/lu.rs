//! LU decomposition without pivoting. PolyBench/C 4.2, `linear-algebra/solvers/lu`.

use dace::dace;

dace! {
    def lu(A: float64[N, N]):
        for i in range(A.shape[0]):
            for j in range(i):
                A[i, j] -= A[i, :j] @ A[:j, j]
                A[i, j] /= A[j, j]
            for j in range(i, A.shape[0]):
                A[i, j] -= A[i, :i] @ A[:i, j]
}
