# DaCe has no `np.cov` but Python's.
def covariance2(M: int64, float_n: float64, data: float64[N, M]):
    centred = data - np.mean(data, axis=0)
    return np.transpose(centred) @ centred / (N - 1.0)
