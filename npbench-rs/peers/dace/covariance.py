# DaCe writes no two slices in one statement; one matrix product.
def covariance(M: int64, float_n: float64, data: float64[N, M]):
    mean = np.mean(data, axis=0)
    for i, j in dace.map[0:N, 0:M]:
        data[i, j] -= mean[j]
    return np.transpose(data) @ data / (float_n - 1.0)
