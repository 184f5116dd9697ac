//! Toeplitz system solver by the Levinson-Durbin recursion. PolyBench/C 4.2, `linear-algebra/solvers/durbin`.

use dace::dace;

dace! {
    def durbin(r: float64[N]):
        y = np.empty_like(r)
        alpha = -r[0]
        beta = 1.0
        y[0] = -r[0]
        for k in range(1, r.shape[0]):
            beta *= 1.0 - alpha * alpha
            alpha = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / beta
            y[:k] += alpha * np.flip(y[:k])
            y[k] = alpha
        return y
}
