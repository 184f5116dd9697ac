//! Covariance matrix of the columns of a data set, by `numpy.cov`. PolyBench/C 4.2, `datamining/covariance`.

use dace::dace;

dace! {
    def covariance2(M: int64, float_n: float64, data: float64[N, M]):
        return np.cov(np.transpose(data))
}
