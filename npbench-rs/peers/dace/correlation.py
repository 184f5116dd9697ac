# DaCe has no `np.std`; one matrix product.
def correlation(M: int64, float_n: float64, data: float64[N, M]):
    mean = np.mean(data, axis=0)
    for i, j in dace.map[0:N, 0:M]:
        data[i, j] -= mean[j]
    variance = np.mean(data * data, axis=0)
    scale = np.empty((M,), np.float64)
    for j in dace.map[0:M]:
        stddev = np.sqrt(variance[j])
        if stddev <= 0.1:
            stddev = 1.0
        scale[j] = np.sqrt(float_n) * stddev
    for i, j in dace.map[0:N, 0:M]:
        data[i, j] /= scale[j]
    corr = np.transpose(data) @ data
    for i in dace.map[0:M]:
        corr[i, i] = 1.0
    return corr
