//! Two-dimensional finite-difference time-domain method. PolyBench/C 4.2, `stencils/fdtd-2d`.

use dace::dace;

dace! {
    def fdtd_2d(TMAX: int64, ex: float64[NX, NY], ey: float64[NX, NY],
                hz: float64[NX, NY], _fict_: float64[TMAX]):
        for t in range(TMAX):
            ey[0, :] = _fict_[t]
            ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
            ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
            hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
}
