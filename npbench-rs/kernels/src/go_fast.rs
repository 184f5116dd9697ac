//! Sum of a function of the diagonal, added to each element. From the "5 minute guide" of Numba,
//! `numba.readthedocs.io/en/stable/user/5minguide.html`.

use dace::dace;

dace! {
    def go_fast(a: float64[N, N]):
        trace = 0.0
        for i in range(a.shape[0]):
            trace += np.tanh(a[i, i])
        return a + trace
}
