# Numba's mean and std take no axis; rows by all threads.
def correlation(M, float_n, data):
    n = data.shape[0]
    mean = np.sum(data, axis=0) / n
    for i in prange(n):
        data[i] -= mean
    stddev = np.sqrt(np.sum(data * data, axis=0) / n)
    scale = np.sqrt(float_n) * np.where(stddev <= 0.1, 1.0, stddev)
    for i in prange(n):
        data[i] /= scale
    corr = np.dot(data.T, data)
    for i in range(M):
        corr[i, i] = 1.0
    return corr
