# Pythran has no `np.cov`.
def covariance2(M, float_n, data):
    centred = data - np.mean(data, axis=0)
    return np.dot(centred.T, centred) / (data.shape[0] - 1.0)
