//! Mandelbrot set by masked updates of the whole grid. After Jean-Francois Puget, "How to quickly compute the
//! Mandelbrot set in Python", as in Nicolas Rougier, "From Python to NumPy".

use dace::dace;

dace! {
    def mandelbrot1(xmin: float64, xmax: float64, ymin: float64, ymax: float64,
                    xn: int64, yn: int64, maxiter: int64, horizon: float64 = 2.0):
        X = np.linspace(xmin, xmax, xn, dtype=np.float64)
        Y = np.linspace(ymin, ymax, yn, dtype=np.float64)
        C = X + Y[:, None] * 1j
        N = np.zeros(C.shape, dtype=np.int64)
        Z = np.zeros(C.shape, dtype=np.complex128)
        for n in range(maxiter):
            I = np.less(abs(Z), horizon)
            N[I] = n
            Z[I] = Z[I]**2 + C[I]
        N[N == maxiter - 1] = 0
        return Z, N
}
