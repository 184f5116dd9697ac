//! Sparse matrix-vector product, the matrix in compressed sparse row format.

use dace::dace;

dace! {
    def spmv(A_row: uint32[M + 1], A_col: uint32[nnz], A_val: float64[nnz], x: float64[N]):
        y = np.empty(A_row.size - 1, A_val.dtype)

        for i in range(A_row.size - 1):
            cols = A_col[A_row[i]:A_row[i + 1]]
            vals = A_val[A_row[i]:A_row[i + 1]]
            y[i] = vals @ x[cols]

        return y
}
