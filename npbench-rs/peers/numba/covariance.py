# Numba's mean takes no axis; rows by all threads.
def covariance(M, float_n, data):
    mean = np.sum(data, axis=0) / data.shape[0]
    for i in prange(data.shape[0]):
        data[i] -= mean
    return np.dot(data.T, data) / (float_n - 1.0)
