# Rows by all threads.
def spmv(A_row, A_col, A_val, x):
    y = np.empty(A_row.size - 1, A_val.dtype)
    #omp parallel for
    for i in range(A_row.size - 1):
        total = 0.0
        for k in range(A_row[i], A_row[i + 1]):
            total += A_val[k] * x[A_col[k]]
        y[i] = total
    return y
