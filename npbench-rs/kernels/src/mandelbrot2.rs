//! Mandelbrot set by updates of the points that have not diverged yet. After Dan Goodman, "Fast fractals with Python and
//! NumPy", as in Nicolas Rougier, "From Python to NumPy", 2017 (BSD).

use dace::dace;

dace! {
    def mandelbrot2(xmin: float64, xmax: float64, ymin: float64, ymax: float64,
                    xn: int64, yn: int64, itermax: int64, horizon: float64 = 2.0):
        Xi, Yi = np.mgrid[0:xn, 0:yn]
        X = np.linspace(xmin, xmax, xn, dtype=np.float64)[Xi]
        Y = np.linspace(ymin, ymax, yn, dtype=np.float64)[Yi]
        C = X + Y * 1j
        N_ = np.zeros(C.shape, dtype=np.int64)
        Z_ = np.zeros(C.shape, dtype=np.complex128)
        Xi.shape = Yi.shape = C.shape = xn * yn

        Z = np.zeros(C.shape, np.complex128)
        for i in range(itermax):
            if not len(Z):
                break

            # Compute for relevant points only
            np.multiply(Z, Z, Z)
            np.add(Z, C, Z)

            # Failed convergence
            I = abs(Z) > horizon
            N_[Xi[I], Yi[I]] = i + 1
            Z_[Xi[I], Yi[I]] = Z[I]

            # Keep going with those who have not diverged yet
            np.logical_not(I, I)
            Z = Z[I]
            Xi, Yi = Xi[I], Yi[I]
            C = C[I]
        return Z_.T, N_.T
}
