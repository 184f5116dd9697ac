//! Azimuthal integration of a diffraction image by histograms. After Jerome Kieffer and Giannis Ashiotis, "PyFAI: a Python
//! library for high performance azimuthal integration on GPU", EuroSciPy 2013.

use dace::dace;

dace! {
    def azimint_hist(data: float64[N], radius: float64[N], npt: int64):
        histu = np.histogram(radius, npt)[0]
        histw = np.histogram(radius, npt, weights=data)[0]
        return histw / histu
}
