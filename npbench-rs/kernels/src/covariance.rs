//! Covariance matrix of the columns of a data set. PolyBench/C 4.2, `datamining/covariance`.

use dace::dace;

dace! {
    def covariance(M: int64, float_n: float64, data: float64[N, M]):
        mean = np.mean(data, axis=0)
        data -= mean
        cov = np.zeros((M, M), dtype=data.dtype)
        for i in range(M):
            cov[i:M, i] = cov[i, i:M] = data[:, i] @ data[:, i:M] / (float_n - 1.0)
        return cov
}
