//! Azimuthal integration of a diffraction image, one mask for each bin. After Jerome Kieffer and Giannis
//! Ashiotis, "PyFAI: a Python library for high performance azimuthal integration on GPU", EuroSciPy 2013.

use dace::dace;

dace! {
    def azimint_naive(data: float64[N], radius: float64[N], npt: int64):
        rmax = radius.max()
        res = np.zeros(npt, dtype=np.float64)
        for i in range(npt):
            r1 = rmax * i / npt
            r2 = rmax * (i + 1) / npt
            mask_r12 = np.logical_and((r1 <= radius), (radius < r2))
            values_r12 = data[mask_r12]
            res[i] = values_r12.mean()
        return res
}
