# Pythran's reductions take no `keepdims`: one row at a time.
def softmax(x):
    n, h, s, m = x.shape
    out = np.empty((n, h, s, m), np.float32)
    #omp parallel for collapse(2)
    for i in range(n):
        for j in range(h):
            for k in range(s):
                exponentials = np.exp(x[i, j, k] - np.max(x[i, j, k]))
                out[i, j, k] = exponentials / np.sum(exponentials)
    return out
